import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { countsOfEnding, type PlanCount } from '@apollo-deploy/domain';
import { anEnvironment, aPlan, aPlanCount } from '@apollo-deploy/orchestration/testing';
import { gate } from '../testing/gate.js';
import { sharedDatabase } from '../testing/shared-database.js';
import type { DatabaseStore } from './database-store.js';

const MARCH = { from: '2026-03-01', to: '2026-04-01' };

const database = sharedDatabase();
let one: DatabaseStore;
let other: DatabaseStore;

beforeAll(async () => {
  await database.query('CREATE TABLE writes (at timestamptz)');
  await database.query(
    `CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql
     AS 'BEGIN INSERT INTO writes VALUES (now()); RETURN NULL; END'`,
  );
  await database.query(
    `CREATE TRIGGER note_write AFTER INSERT ON plan_counts
     FOR EACH STATEMENT EXECUTE FUNCTION note_write()`,
  );
});
beforeEach(async () => {
  [one, other] = [await database.open(), await database.open()];
});

async function succeeded(): Promise<number | undefined> {
  const sums = await one.transact((unit) => unit.analytics.sums('type', MARCH));
  return sums.find(({ counter }) => counter === 'succeeded')?.sum;
}

/** How many statements wrote counters. */
async function writes(): Promise<unknown> {
  return (await database.query('SELECT count(*)::integer AS writes FROM writes'))[0]?.['writes'];
}

/** What a plan of its own adds that ends after so many seconds. */
function ending(seconds: number): readonly PlanCount[] {
  const [startedAt, endedAt] = [0, seconds].map((after) =>
    new Date(Date.UTC(2026, 2, 2, 12) + after * 1000).toISOString(),
  );
  return countsOfEnding(
    'EXECUTING',
    aPlan({ state: 'SUCCEEDED', startedAt: startedAt!, endedAt: endedAt! }),
  );
}

describe('two transactions that count the same', () => {
  it('do not wait for each other before one of them commits', async () => {
    const [counted, release] = [gate(), gate()];
    const first = one.transact(async (unit) => {
      await unit.analytics.add([aPlanCount()]);
      counted.open();
      await release.opened;
    });
    await counted.opened;
    await other.transact((unit) => unit.analytics.add([aPlanCount()]));
    expect(await succeeded()).toBe(1);
    release.open();
    await first;
    expect(await succeeded()).toBe(2);
  });

  it('cannot lock each other out, whatever else they lock, and in whatever order', async () => {
    await one.transact((unit) => unit.environments.insert(anEnvironment()));
    const [counted, locked] = [gate(), gate()];
    // A work that meets a deadlock is run again.
    const runs: string[] = [];
    const first = one.transact(async (unit) => {
      runs.push('first');
      await unit.analytics.add([aPlanCount()]);
      counted.open();
      await locked.opened;
      await unit.environments.lock('dev');
    });
    const second = other.transact(async (unit) => {
      runs.push('second');
      await unit.environments.lock('dev');
      locked.open();
      await counted.opened;
      await unit.analytics.add([aPlanCount()]);
    });
    await Promise.all([first, second]);
    expect(runs.sort()).toEqual(['first', 'second']);
    expect(await succeeded()).toBe(2);
  });

  it('cannot lock each other out by the order of what they count', async () => {
    const products = Array.from({ length: 200 }, (_, n) => `product-${n}`);
    const rounds = Array.from({ length: 20 }, (_, round) =>
      [one, other][round % 2]!.transact((unit) => {
        const order = round % 4 < 2 ? products : [...products].reverse();
        return unit.analytics.add(order.map((product) => aPlanCount({ product })));
      }),
    );
    await Promise.all(rounds);
    expect(await succeeded()).toBe(20 * 200);
  });
});

describe('counting', () => {
  it('costs one statement a transaction, however many plans end in it or have ended', async () => {
    await one.transact((unit) => unit.analytics.add(ending(40)));
    expect(await writes()).toBe(1);
    await one.transact(async (unit) => {
      for (let n = 0; n < 10_000; n += 1) await unit.analytics.add(ending(n % 60));
    });
    expect(await writes()).toBe(2);
    await one.transact((unit) => unit.analytics.add(ending(40)));
    expect(await writes()).toBe(3);
    expect(await succeeded()).toBe(10_002);
  });

  it('costs nothing where there is nothing to count', async () => {
    await one.transact((unit) => unit.analytics.add([]));
    expect(await writes()).toBe(0);
  });
});
