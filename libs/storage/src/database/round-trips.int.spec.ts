import { describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { AnnouncingStore, type Store, type UnitOfWork } from '@apollo-deploy/orchestration';
import {
  anAuditEntry,
  anEnvironment,
  aPlan,
  aPlanCount,
  aProduct,
} from '@apollo-deploy/orchestration/testing';
import { sharedDatabase } from '../testing/shared-database.js';
import { IN_TRANSACTION } from '../testing/test-database.js';
import { wireCounter } from '../testing/wire-counter.mjs';

const database = sharedDatabase();

function blocked(unit: UnitOfWork): Promise<unknown> {
  return unit.plans.save(aPlan({ state: 'BLOCKED', version: 1 }));
}

describe('what a transaction costs', () => {
  const COSTS: {
    name: string;
    announcing?: boolean;
    work: (unit: UnitOfWork) => Promise<unknown>;
    expected: { roundTrips: number; statements: number; commits: number };
  }[] = [
    {
      name: 'that does nothing',
      work: () => Promise.resolve(),
      expected: { roundTrips: 0, statements: 0, commits: 0 },
    },
    {
      name: 'that moves a plan: as much as the statement alone',
      work: (unit) => unit.finish(() => blocked(unit)),
      expected: { roundTrips: 1, statements: 1, commits: 1 },
    },
    {
      name: 'that reads three things',
      work: async (unit) => {
        await unit.plans.get('plan-1');
        await unit.plans.openOf(['test-service-dev']);
        await unit.environments.getMany(['dev']);
      },
      expected: { roundTrips: 3, statements: 3, commits: 0 },
    },
    {
      name: 'that reads, writes, and ends where nobody knew it would',
      work: async (unit) => {
        await unit.plans.get('plan-1');
        await blocked(unit);
      },
      expected: { roundTrips: 3, statements: 2, commits: 1 },
    },
    {
      name: 'that locks, reads and writes twice, the second time to finish',
      work: async (unit) => {
        await unit.environments.lock('dev');
        await unit.plans.get('plan-1');
        await blocked(unit);
        await unit.finish(() => unit.audit.append(anAuditEntry()));
      },
      expected: { roundTrips: 4, statements: 4, commits: 1 },
    },
    {
      name: 'that finishes, and what was to be written before the end',
      work: async (unit) => {
        await unit.analytics.add([aPlanCount()]);
        await unit.finish(() => blocked(unit));
      },
      expected: { roundTrips: 2, statements: 2, commits: 1 },
    },
    {
      name: 'that moves a plan and says so, with one commit',
      announcing: true,
      work: async (unit) => {
        const plan = await unit.plans.get('plan-1');
        await unit.plans.save({ ...plan!, state: 'BLOCKED' });
      },
      expected: { roundTrips: 3, statements: 3, commits: 1 },
    },
  ];
  it.each(COSTS)('$name', async ({ announcing = false, work, expected }) => {
    const writer = await database.open();
    await writer.transact((unit) => unit.plans.insert(aPlan()));
    const wire = await wireCounter(database.url);
    const counted = await database.open({ url: wire.url });
    const clock = { now: () => new Date('2026-03-02T12:00:00.000Z') };
    const store: Store = announcing ? new AnnouncingStore(counted, clock) : counted;
    const before = wire.read();
    await store.transact(work);
    const { roundTrips, statements, commits } = wire.read();
    await counted.close();
    await wire.close();
    expect({
      roundTrips: roundTrips - before.roundTrips,
      statements: statements - before.statements,
      commits: commits - before.commits,
    }).toEqual(expected);
  });
});

describe('a statement that comes with more than itself', () => {
  const REFUSED: {
    name: string;
    work: (unit: UnitOfWork) => Promise<unknown>;
  }[] = [
    { name: 'opens the transaction', work: (unit) => unit.audit.append(anAuditEntry()) },
    {
      name: 'commits what was written before it',
      work: async (unit) => {
        await unit.products.insert(aProduct());
        await unit.finish(() => unit.audit.append(anAuditEntry()));
      },
    },
    {
      name: 'is all there is',
      work: (unit) => unit.finish(() => unit.audit.append(anAuditEntry())),
    },
  ];
  it.each(REFUSED)('and is refused keeps nothing and leaves no mess: $name', async ({ work }) => {
    const store = await database.open({ poolSize: 2 });
    await store.transact((unit) => unit.audit.append(anAuditEntry()));
    for (let time = 0; time < 5; time += 1) {
      await expect(store.transact(work)).rejects.toThrow(InvariantViolation);
      await expect(store.transact(work)).rejects.toThrow('PostgreSQL refused a statement (23505)');
    }
    // The server tells of a refusal before it has undone the statement, but takes no other before that.
    expect(await store.transact((unit) => unit.products.list({ limit: 9 }))).toEqual({ items: [] });
    expect(await database.connections(IN_TRANSACTION)).toBe(0);
    await store.transact((unit) => unit.products.insert(aProduct()));
    expect(await store.transact((unit) => unit.products.get('test-service'))).toEqual(aProduct());
  });

  it.each([{ before: true }, { before: false }])(
    'and meets a lock for too long runs again with the whole work; it wrote before: $before',
    async ({ before }) => {
      const [one, impatient] = [await database.open(), await database.open({ lockTimeoutMs: 50 })];
      await one.transact((unit) => unit.environments.insert(anEnvironment()));
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      let runs = 0;
      const holder = one.transact(async (unit) => {
        await unit.environments.lock('dev');
        await released;
      });
      while ((await database.connections(IN_TRANSACTION)) === 0);
      const saved = await impatient.transact(async (unit) => {
        runs += 1;
        if (runs === 2) release();
        if (before) await unit.products.insert(aProduct({ name: `run-${String(runs)}` }));
        return unit.finish(() => unit.environments.save(anEnvironment({ channel: 'candidate' })));
      });
      await holder;
      expect(runs).toBeGreaterThan(1);
      expect(saved).toMatchObject({ ok: true, value: { channel: 'candidate', version: 2 } });
      const { items } = await one.transact((unit) => unit.products.list({ limit: 9 }));
      expect(items.map(({ name }) => name)).toEqual(before ? [`run-${String(runs)}`] : []);
    },
  );

  it.each([{ before: true }, { before: false }])(
    'and does not come back leaves it open what was kept; it wrote before: $before',
    async ({ before }) => {
      const store = await database.open();
      let runs = 0;
      const work = store.transact(async (unit) => {
        runs += 1;
        if (before) await unit.products.insert(aProduct());
        await database.disconnectAll();
        await unit.finish(() => unit.environments.insert(anEnvironment()));
      });
      await expect(work).rejects.toThrow(/did not say whether it kept the last writes/);
      expect(runs).toBe(1);
      expect(await store.transact((unit) => unit.products.get('test-service'))).toBeUndefined();
    },
  );
});

describe('sixteen who move one plan at once', () => {
  it('have one winner, in each of 20 races', async () => {
    const store = await database.open({ poolSize: 16 });
    await store.transact((unit) => unit.plans.insert(aPlan()));
    for (let race = 1; race <= 20; race += 1) {
      const moved = aPlan({ state: race % 2 === 1 ? 'BLOCKED' : 'PENDING', version: race });
      const moves = Array.from({ length: 16 }, () =>
        store.transact((unit) => unit.finish(() => unit.plans.save(moved))),
      );
      const won = (await Promise.all(moves)).filter(({ ok }) => ok);
      expect({ race, won: won.length }).toEqual({ race, won: 1 });
    }
  });
});
