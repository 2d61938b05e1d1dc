import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  closeSession,
  type Context,
  recordFullState,
  recordHeartbeats,
  recordPlanResult,
} from '@apollo-deploy/orchestration';
import {
  type EngineWorld,
  must,
  releaseReport,
  SUCCEEDED,
} from '@apollo-deploy/orchestration/testing';
import { meanwhile, type Moment, Rival } from '../testing/meanwhile-store.js';
import { recallAria, runningAria, RUNS } from '../testing/running-aria.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const database = sharedDatabase();
let world: EngineWorld;
let here: DatabaseStore;
let there: DatabaseStore;
beforeEach(async () => {
  here = await database.open();
  there = await database.open();
  world = await runningAria(here);
  expect(await runs()).toMatchObject([{ entity: 'aria-dev', proven: true }]);
});

async function runs(): Promise<readonly object[]> {
  return database.query('SELECT entity, proven_at IS NOT NULL AS proven FROM runs');
}

/** Another replica, on which 1.0.0 is recalled in the middle of what it does; and that it was. */
function recalledMeanwhile(moment: Moment): { replica: Context; recalled: () => Promise<void> } {
  const recall = new Rival(database, () => recallAria(world.context));
  return {
    replica: { ...world.context, store: meanwhile(there, moment, () => recall.begin()) },
    recalled: async () => {
      expect(await recall.answer()).toMatchObject({ ok: true });
    },
  };
}

describe('what a recall takes from a chart is not put back', () => {
  it('by a report that was under way', async () => {
    const { replica, recalled } = recalledMeanwhile({
      repository: 'runs',
      statement: 'ofEntities',
    });
    const ill = releaseReport('aria-dev', { ...RUNS, health: 'Degraded' });
    must(await recordFullState(replica, world.session, { generation: 9, releases: [ill] }));
    await recalled();
    expect(await runs()).toEqual([]);
  });

  it('by the end of a session that was under way', async () => {
    const { replica, recalled } = recalledMeanwhile({ repository: 'runs', statement: 'underway' });
    await closeSession(replica, world.session);
    await recalled();
    expect(await runs()).toEqual([]);
  });

  it.each(['ofEntities', 'lock'])(
    'by the word of a spoke that had been silent, at %s',
    async (statement) => {
      world.clock.advance(10 * 60_000);
      const { replica, recalled } = recalledMeanwhile({ repository: 'runs', statement });
      await recordHeartbeats(replica, new Map([['dev', world.clock.now().toISOString()]]));
      await recalled();
      expect(await runs()).toEqual([]);
    },
  );

  it('by a plan to other values that is ending', async () => {
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await world.settle();
    const { id: planId, attempt } = await world.lastPlan();
    const { replica, recalled } = recalledMeanwhile({ repository: 'runs', statement: 'lock' });
    const verdict = { planId, attempt, result: SUCCEEDED };
    must(await recordPlanResult(replica, world.session, verdict));
    await recalled();
    expect(await runs()).toEqual([]);
  });
});
