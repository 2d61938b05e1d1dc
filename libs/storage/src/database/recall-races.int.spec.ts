import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  addRecall,
  closeSession,
  type Context,
  recordFullState,
  recordHeartbeats,
  recordPlanResult,
} from '@apollo-deploy/orchestration';
import { EngineWorld, must, PERSON, releaseReport } from '@apollo-deploy/orchestration/testing';
import { meanwhile, type Moment, Rival } from '../testing/meanwhile-store.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

const RUNS = { version: '1.0.0', revision: 1 };
const SUCCEEDED = { verdict: 'succeeded', message: 'all is Healthy', evidence: {} } as const;

let database: TestDatabase;
let world: EngineWorld;
let here: DatabaseStore;
let there: DatabaseStore;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
});
beforeEach(async () => {
  await database.empty();
  here = await DatabaseStore.open({ url: database.url });
  there = await DatabaseStore.open({ url: database.url });
  world = await EngineWorld.build({}, here);
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
  await world.settle();
  expect(await runs()).toMatchObject([{ entity: 'aria-dev', proven: true }]);
});
afterEach(async () => {
  await here.close();
  await there.close();
});

async function runs(): Promise<readonly object[]> {
  return database.query('SELECT entity, proven_at IS NOT NULL AS proven FROM runs');
}

/** Another replica, on which 1.0.0 is recalled in the middle of what it does; and that it was. */
function recalledMeanwhile(moment: Moment): { replica: Context; recalled: () => Promise<void> } {
  const reason = 'It loses orders';
  const input = { product: 'aria', range: '1.0.0', strategy: 'forward', reason } as const;
  const recall = new Rival(database, () => addRecall(world.context, PERSON, input));
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
