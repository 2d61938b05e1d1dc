import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Context,
  recordFullState,
  recordHeartbeats,
  recordPlanResult,
} from '@apollo-deploy/orchestration';
import { type EngineWorld, must, releaseReport } from '@apollo-deploy/orchestration/testing';
import { meanwhile, Rival } from '../testing/meanwhile-store.js';
import { neverTwice } from '../testing/never-twice-store.js';
import { recallAria, runningAria, RUNS } from '../testing/running-aria.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const FAILED = {
  verdict: 'failed',
  outcome: 'unhealthy',
  reason: 'timeout',
  message: 'a pod is not ready',
  interrupted: false,
  evidence: {},
} as const;

const database = sharedDatabase();
let world: EngineWorld;
let here: DatabaseStore;
let there: DatabaseStore;
beforeEach(async () => {
  here = await database.open();
  there = await database.open();
  world = await runningAria(here);
});

describe('two that need the same rows', () => {
  it('wait in line: the word of a spoke that had been silent, and its next report', async () => {
    world.clock.advance(10 * 60_000);
    const ill = releaseReport('aria-dev', { ...RUNS, health: 'Degraded' });
    const reporting: Context = { ...world.context, store: neverTwice(here) };
    const report = new Rival(database, () =>
      recordFullState(reporting, world.session, { generation: 9, releases: [ill] }),
    );
    const store = meanwhile(neverTwice(there), { repository: 'runs', statement: 'lock' }, () =>
      report.begin(),
    );
    const heard = new Map([['dev', world.clock.now().toISOString()]]);
    await recordHeartbeats({ ...world.context, store }, heard);
    expect(await report.answer()).toEqual({ ok: true, value: 'stored' });
  });

  it('wait in line: a plan that failed, and the recall of what ran before it', async () => {
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await world.settle();
    const { id: planId, attempt } = await world.lastPlan();
    const recalling: Context = { ...world.context, store: neverTwice(here) };
    const recall = new Rival(database, () => recallAria(recalling));
    const store = meanwhile(neverTwice(there), { repository: 'runs', statement: 'lock' }, () =>
      recall.begin(),
    );
    const release = releaseReport('aria-dev', { ...RUNS, revision: 2, health: 'Degraded' });
    const verdict = { planId, attempt, result: FAILED, release };
    must(await recordPlanResult({ ...world.context, store }, world.session, verdict));
    expect(await recall.answer()).toMatchObject({ ok: true });
    expect(await world.lastPlan()).toMatchObject({ id: planId, state: 'FAILED' });
  });
});
