import { beforeEach, describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { anEnvironment, aPlan, aProduct, aSpoke } from '@apollo-deploy/orchestration/testing';
import { gate } from '../testing/gate.js';
import { sharedDatabase } from '../testing/shared-database.js';
import { WAITS_FOR_A_LOCK, withDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

const database = sharedDatabase();
let one: DatabaseStore;
let other: DatabaseStore;
beforeEach(async () => {
  [one, other] = [await database.open(), await database.open()];
});

/** Waits until this many connections to the database are in a state. */
async function untilConnections(state: string, count: number): Promise<void> {
  while ((await database.connections(state)) !== count);
}

describe('two stores on one database', () => {
  it('make the second wait for the lock of the first, and read what it wrote', async () => {
    await one.transact((unit) => unit.environments.insert(anEnvironment()));
    const [locked, release] = [gate(), gate()];
    const first = one.transact(async (unit) => {
      const environment = await unit.environments.lock('dev');
      locked.open();
      await release.opened;
      await unit.environments.save({ ...environment!, channel: 'candidate' });
    });
    await locked.opened;
    const second = other.transact((unit) => unit.environments.lock('dev'));
    await untilConnections(WAITS_FOR_A_LOCK, 1);
    // Reading is not held up, and does not see what is half done.
    const read = await other.transact((unit) => unit.environments.get('dev'));
    expect(read?.channel).toBe('dev');
    release.open();
    await first;
    expect((await second)?.channel).toBe('candidate');
  });

  it('never open two plans for one entity, over many races', async () => {
    for (let round = 0; round < 25; round += 1) {
      const plan = { entity: `entity-${round}` };
      const inserts = await Promise.all(
        [one, other].map((store, index) =>
          store.transact((unit) => unit.plans.insert(aPlan({ ...plan, id: `p${round}-${index}` }))),
        ),
      );
      expect(inserts.filter((insert) => insert.ok)).toHaveLength(1);
    }
  });

  it('let a plan open once the transaction that held its place rolls back', async () => {
    const [inserted, release] = [gate(), gate()];
    const first = one.transact(async (unit) => {
      await unit.plans.insert(aPlan());
      inserted.open();
      await release.opened;
      throw new Error('the dispatch gave up');
    });
    await inserted.opened;
    const second = other.transact((unit) => unit.plans.insert(aPlan({ id: 'plan-2' })));
    await untilConnections(WAITS_FOR_A_LOCK, 1);
    release.open();
    await expect(first).rejects.toThrow('the dispatch gave up');
    expect(await second).toMatchObject({ ok: true, value: { id: 'plan-2' } });
  });

  it('take different entities out of the queue, without waiting for each other', async () => {
    await one.transact((unit) => unit.dirty.mark(['a', 'b', 'c', 'd']));
    await one.transact((unit) => unit.dirty.mark(['a', 'b', 'c', 'd'], true));
    const [taken, release] = [gate(), gate()];
    const first = one.transact(async (unit) => {
      const entities = await unit.dirty.take(2);
      taken.open();
      await release.opened;
      return entities;
    });
    await taken.opened;
    const second = await other.transact((unit) => unit.dirty.take(10));
    expect(second).toEqual([
      { entity: 'c', force: true },
      { entity: 'd', force: true },
    ]);
    // What is marked while it is being evaluated waits until that is done.
    await other.transact((unit) => unit.dirty.mark(['a', 'e']));
    expect(await other.transact((unit) => unit.dirty.take(10))).toEqual([
      { entity: 'e', force: false },
    ]);
    release.open();
    expect(await first).toEqual([
      { entity: 'a', force: true },
      { entity: 'b', force: true },
    ]);
    expect(await other.transact((unit) => unit.dirty.take(10))).toEqual([
      { entity: 'a', force: false },
    ]);
  });

  it('empty the queue together, each entity once, over many takers', async () => {
    const entities = Array.from({ length: 300 }, (_, index) => `entity-${1000 + index}`);
    await one.transact((unit) => unit.dirty.mark(entities));
    const takeAll = async (store: DatabaseStore): Promise<readonly string[]> => {
      const taken: string[] = [];
      for (;;) {
        const batch = await store.transact((unit) => unit.dirty.take(7));
        if (batch.length === 0) return taken;
        taken.push(...batch.map(({ entity }) => entity));
      }
    };
    const taken = await Promise.all([one, other, one, other].map(takeAll));
    expect(taken.flat().sort()).toEqual(entities);
  });

  it('both get through a deadlock, because the one that lost runs again', async () => {
    await one.transact(async (unit) => {
      await unit.environments.insert(anEnvironment({ name: 'a', channel: '' }));
      await unit.environments.insert(anEnvironment({ name: 'b', channel: '' }));
    });
    const bothHoldOne = [gate(), gate()];
    let runs = 0;
    const lockBoth = (store: DatabaseStore, order: readonly string[], mine: number) =>
      store.transact(async (unit) => {
        runs += 1;
        const first = await unit.environments.lock(order[0]!);
        bothHoldOne[mine]!.open();
        await bothHoldOne[1 - mine]!.opened;
        const second = await unit.environments.lock(order[1]!);
        for (const environment of [first, second]) {
          await unit.environments.save({
            ...environment!,
            channel: `${environment!.channel}${mine}`,
          });
        }
      });
    await Promise.all([lockBoth(one, ['a', 'b'], 0), lockBoth(other, ['b', 'a'], 1)]);
    expect(runs).toBeGreaterThan(2);
    const both = await one.transact((unit) => unit.environments.getMany(['a', 'b']));
    expect(both.map(({ version }) => version)).toEqual([3, 3]);
    expect(both[0]?.channel).toBe(both[1]?.channel);
  });

  it('note when spokes were heard, in any order, without deadlock', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `spoke-${index}`);
    await one.transact(async (unit) => {
      for (const name of names) await unit.spokes.insert(aSpoke({ name }));
    });
    const heard = (order: readonly string[], at: string) => new Map(order.map((n) => [n, at]));
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const order = index % 2 === 0 ? names : [...names].reverse();
        const at = `2026-03-02T12:00:${10 + index}.000Z`;
        return [one, other][index % 2]!.transact((unit) => unit.spokes.seen(heard(order, at)));
      }),
    );
    const spokes = await one.transact((unit) => unit.spokes.getMany(names));
    expect(new Set(spokes.map(({ lastSeenAt }) => lastSeenAt))).toEqual(
      new Set(['2026-03-02T12:00:29.000Z']),
    );
  });
});

describe('a work that meets a lock for too long', () => {
  it('runs again as a whole, and leaves one effect', async () => {
    const impatient = await database.open({ lockTimeoutMs: 50 });
    await one.transact((unit) => unit.environments.insert(anEnvironment()));
    const [locked, release] = [gate(), gate()];
    const holder = one.transact(async (unit) => {
      await unit.environments.lock('dev');
      locked.open();
      await release.opened;
    });
    await locked.opened;
    let runs = 0;
    await impatient.transact(async (unit) => {
      runs += 1;
      if (runs === 2) release.open();
      await unit.products.insert(aProduct({ name: `run-${runs}` }));
      await unit.environments.lock('dev');
    });
    await holder;
    const { items } = await one.transact((unit) => unit.products.list({ limit: 10 }));
    expect(items.map(({ name }) => name)).toEqual([`run-${runs}`]);
  });

  it('gives up after a bounded number of runs, as an outage', async () => {
    const impatient = await database.open({ lockTimeoutMs: 5 });
    await one.transact((unit) => unit.environments.insert(anEnvironment()));
    const [locked, release] = [gate(), gate()];
    const holder = one.transact(async (unit) => {
      await unit.environments.lock('dev');
      locked.open();
      await release.opened;
    });
    await locked.opened;
    let runs = 0;
    const work = impatient.transact(async (unit) => {
      runs += 1;
      await unit.environments.lock('dev');
    });
    await expect(work).rejects.toThrow(StoreUnavailable);
    expect(runs).toBe(6);
    release.open();
    await holder;
  });
});

describe('a connection that breaks', () => {
  it('in the middle of a work leaves nothing half written, and the store goes on', async () => {
    const work = one.transact(async (unit) => {
      await unit.products.insert(aProduct());
      await database.disconnectAll();
      await unit.plans.insert(aPlan());
    });
    await expect(work).rejects.toMatchObject({ name: 'StoreUnavailable', retryable: true });
    expect(await one.transact((unit) => unit.products.list({ limit: 10 }))).toEqual({ items: [] });
    expect(await one.transact((unit) => unit.plans.get('plan-1'))).toBeUndefined();
    expect(await other.ready()).toBe(true);
  });

  it('before the commit is said to leave it open what was kept', async () => {
    let runs = 0;
    const work = one.transact(async (unit) => {
      runs += 1;
      await unit.products.insert(aProduct());
      await database.disconnectAll();
    });
    await expect(work).rejects.toThrow(/did not say whether it kept the last writes/);
    expect(runs).toBe(1);
    expect(await one.transact((unit) => unit.products.get('test-service'))).toBeUndefined();
  });

  it('because a work paused for too long is an outage', async () => {
    const strict = await database.open({ idleInTransactionTimeoutMs: 30 });
    const work = strict.transact(async (unit) => {
      await unit.products.insert(aProduct());
      await untilConnections(`state = 'idle in transaction'`, 0);
      await unit.products.get('test-service');
    });
    await expect(work).rejects.toThrow(StoreUnavailable);
  });

  it('while nobody used it is told of, and not noticed by the next work', async () => {
    const lost: string[] = [];
    const store = await database.open({ onConnectionLost: ({ message }) => lost.push(message) });
    await store.transact((unit) => unit.products.get('test-service'));
    await database.disconnectAll();
    await untilConnections('true', 0);
    while (lost.length === 0) await database.query('SELECT 1');
    expect(await store.transact((unit) => unit.products.get('test-service'))).toBeUndefined();
    expect(lost[0]).toMatch(/terminating connection|Connection terminated/);
  });
});

describe('a work that catches the failure of a statement', () => {
  it('does not commit what it wrote before', async () => {
    const work = one.transact(async (unit) => {
      await unit.products.insert(aProduct());
      await unit.plans.insert(aPlan());
      try {
        await unit.plans.insert(aPlan({ entity: 'another' }));
      } catch {
        return 'caught';
      }
      return 'not refused';
    });
    await expect(work).rejects.toThrow(InvariantViolation);
    expect(await one.transact((unit) => unit.products.get('test-service'))).toBeUndefined();
  });
});

describe('a database that cannot be reached', () => {
  it.each([
    { name: 'nothing listens', url: 'postgresql://me:topsecret@127.0.0.1:1/apollo' },
    { name: 'there is no such socket', url: 'postgresql://me:topsecret@/apollo?host=/nowhere' },
  ])('is an outage that says where it is and keeps the password: $name', async ({ url }) => {
    const open = DatabaseStore.open({ url });
    await expect(open).rejects.toMatchObject({ name: 'StoreUnavailable', retryable: true });
    await expect(open).rejects.toThrow(/^the database "apollo" at \S+:\d+ .*DATABASE_URL/);
    await expect(open).rejects.not.toThrow(/topsecret/);
  });

  it('is an outage if the server has no such database', async () => {
    const open = DatabaseStore.open({ url: withDatabase(database.url, 'no_such_database') });
    await expect(open).rejects.toThrow(/database "no_such_database" does not exist/);
  });
});

describe('a store that is closed', () => {
  it('first lets the works end that were under way', async () => {
    const [started, release] = [gate(), gate()];
    const work = one.transact(async (unit) => {
      started.open();
      await release.opened;
      return unit.products.insert(aProduct());
    });
    await started.opened;
    const closed = one.close();
    await expect(one.transact(() => Promise.resolve(1))).rejects.toThrow(StoreUnavailable);
    release.open();
    expect(await work).toMatchObject({ ok: true });
    await closed;
    expect(await other.transact((unit) => unit.products.get('test-service'))).toEqual(aProduct());
  });
});
