import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CountingIds, OrchestrationEngine, type Store } from '@apollo-deploy/orchestration';
import { CountingStore } from '@apollo-deploy/orchestration/testing';
import { openStore } from '@apollo-deploy/storage';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { EngineLoop } from '../src/spokes/engine-loop.js';
import { RecordedLog } from '../src/testing/spokes/recorded-log.js';
import { VirtualTime } from '../src/testing/spokes/virtual-time.js';

/** How often a queue is looked at of which nobody tells anything. */
const LOOK_MS = 30_000;

let database: TestDatabase;
let here: Store;
let there: CountingStore;
let time: VirtualTime;
let loop: EngineLoop;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty();
  here = await openStore('database', { url: database.url });
  there = new CountingStore(await openStore('database', { url: database.url }));
  time = new VirtualTime();
  const context = { store: there, clock: time, ids: new CountingIds(), startedAt: new Date(0) };
  const engine = new OrchestrationEngine(context, () => undefined);
  const idle = time.waitBegins(LOOK_MS);
  loop = new EngineLoop({
    ...{ store: there, engine, clock: time, timer: time, log: new RecordedLog() },
    onEvaluated: () => undefined,
    random: () => 0.5,
  });
  loop.start();
  await idle;
});
afterEach(async () => {
  await loop.stop();
  for (const store of [here, there]) await store.close();
});

async function marks(): Promise<number> {
  return (await database.query('SELECT FROM dirty_entities')).length;
}

describe('the other of two replicas on one database', () => {
  it('asks it nothing in a quiet half minute, and makes sure with five statements then', async () => {
    const quiet = await there.during(async () => {
      time.advance(LOOK_MS - 1);
    });
    expect(quiet).toEqual({ transactions: 0, calls: 0 });
    const looked = time.waitBegins(LOOK_MS);
    const look = await there.during(() => {
      time.advance(1);
      return looked;
    });
    expect(look).toEqual({ transactions: 5, calls: 5 });
  });

  it('evaluates what the first has marked, with no time going by', async () => {
    const done = time.waitBegins(LOOK_MS);
    await here.transact((unit) => unit.dirty.mark(['a']));
    await done;
    expect(await marks()).toBe(0);
  });

  it('evaluates what is marked while its listening connection is broken', async () => {
    const deaf = time.waitBegins(1000);
    const again = time.waitBegins(LOOK_MS);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    await deaf;
    await here.transact((unit) => unit.dirty.mark(['a']));
    // By asking when the second is over, or because it listens again before.
    time.advance(1000);
    while ((await marks()) > 0);
    await again;
    expect(there.hearsOthers()).toBe(true);
  });
});
