import { describe, expect, it } from '@jest/globals';
import { OPEN_PLAN_STATES, PLAN_STATES, type Plan } from '@apollo-deploy/domain';
import { err, InvariantViolation, ok } from '@apollo-deploy/kernel';
import { aPlan } from '../testing/records/plan-records.js';
import type { PlanFilter } from './plan-storage.js';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

const FINISHED: Plan = aPlan({
  progress: {
    message: 'release web is locked',
    at: '2026-03-01T12:00:00.000Z',
    waitingSince: '2026-03-01T11:59:00.000Z',
  },
  state: 'FAILED',
  phase: 'verifying',
  outcome: 'unhealthy',
  type: 'upgrade',
  planClass: 'automatic_rollback',
  values: { replicas: 2, text: 'line\nline', nested: { list: [null, 1.25, 'ü'] } },
  from: { version: '0.9.0', revision: 3 },
  passedOver: [
    {
      version: '1.1.0',
      violations: [{ code: 'recalled', message: 'version 1.1.0 is recalled', data: { by: 'x' } }],
    },
  ],
  violations: [
    {
      code: 'concurrency',
      message: '1 of 1 plans already execute on spoke spoke-a',
      data: { spoke: 'spoke-a', executing: 1, maxConcurrent: 1 },
      recheckAt: '2026-03-02T12:05:00.000Z',
    },
  ],
  inLineSince: '2026-03-02T11:59:00.000Z',
  queuedSince: '2026-03-02T11:59:00.000Z',
  recheckAt: '2026-03-02T12:05:00.000Z',
  waits: {
    ms: { window: 60_000, queue: 1 },
    on: 'start',
    since: '2026-03-02T12:01:00.001Z',
    codes: ['maintenance_window', 'concurrency'],
  },
  attempt: 2,
  cancelReason: 'cancelled',
  cancelRequested: { by: 'sre-1', at: '2026-03-02T12:03:00.000Z', reason: 'not now' },
  noted: [
    {
      code: 'dependency_missing',
      message: 'base is not installed',
      data: { product: 'base', version: null },
      effect: 'warns',
    },
  ],
  entityVersion: 12,
  rollbackOf: 'plan-0',
  repairOf: 'plan-00',
  stepOf: 'plan-000',
  rolledBackBy: 'plan-3',
  supersededBy: 'plan-2',
  message: 'pod test-service-0 is in CrashLoopBackOff',
  evidence: { revision: 4, exitCode: null },
  startedAt: '2026-03-02T12:01:00.001Z',
  endedAt: '2026-03-02T12:02:00.002Z',
});

export function describeStoredPlans(store: () => Store): void {
  describe('plans', () => {
    it('keeps every field of a new one, as version 1', async () => {
      await store().transact(async (unit) => {
        expect(await unit.plans.insert({ ...FINISHED, version: 5 })).toEqual(ok(FINISHED));
        expect(await unit.plans.insert(aPlan({ id: 'plan-2', version: 5, to: null }))).toEqual(
          ok(aPlan({ id: 'plan-2', to: null })),
        );
      });
      await store().transact(async (unit) => {
        expect(await unit.plans.get('plan-1')).toStrictEqual(FINISHED);
        expect(await unit.plans.get('plan-2')).toStrictEqual(aPlan({ id: 'plan-2', to: null }));
        expect(await unit.plans.get('plan-3')).toBeUndefined();
      });
    });

    it('says the states of those ids that are ids of plans', async () => {
      await store().transact(async (unit) => {
        await unit.plans.insert(aPlan({ id: 'plan-1', state: 'BLOCKED' }));
        expect(await unit.plans.statesOf(['plan-1', 'plan-2', 'plan-1'])).toEqual(
          new Map([['plan-1', 'BLOCKED']]),
        );
        expect(await unit.plans.statesOf([])).toEqual(new Map());
      });
    });

    it('answers those of several ids that are ids of plans', async () => {
      await store().transact(async (unit) => {
        const other = aPlan({ id: 'plan-2', entity: 'other', state: 'BLOCKED' });
        await unit.plans.insert(aPlan({ id: 'plan-1' }));
        await unit.plans.insert(other);
        await unit.plans.insert(aPlan({ id: 'plan-4', entity: 'third' }));
        const found = await unit.plans.getMany(['plan-2', 'plan-3', 'plan-1', 'plan-2']);
        expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toStrictEqual([
          aPlan({ id: 'plan-1' }),
          other,
        ]);
        expect(await unit.plans.getMany([])).toEqual([]);
      });
    });

    it('answers the newest of several entities, of each from an instant on', async () => {
      await store().transact(async (unit) => {
        const plan = (id: string, entity: string, hour: number) =>
          unit.plans.insert(
            aPlan({
              id,
              entity,
              state: 'CANCELLED',
              createdAt: `2026-01-05T0${String(hour)}:00:00.000Z`,
            }),
          );
        for (const hour of [1, 2, 3, 4]) await plan(`a-${String(hour)}`, 'a', hour);
        await plan('b-1', 'b', 1);
        await plan('b-2', 'b', 2);
        await plan('c-9', 'c', 9);
        const wanted = [
          { entity: 'b', from: '2026-01-05T02:00:00.000Z' },
          { entity: 'a', from: '2026-01-05T02:00:00.000Z' },
          { entity: 'unknown', from: '2026-01-05T01:00:00.000Z' },
        ];
        const found = await unit.plans.recentOf(wanted, 2);
        const of = (name: string) =>
          found.filter(({ entity }) => entity === name).map(({ id }) => id);
        expect([of('a'), of('b'), found.length]).toEqual([['a-4', 'a-3'], ['b-2'], 3]);
        expect(await unit.plans.recentOf([], 2)).toEqual([]);
      });
    });

    it('keeps any text, also what a crashing program may print', async () => {
      const text = 'NUL \u0000, half a pair \ud800, bell \u0007, é, 🚀, \\u0000, "quotes"';
      const plan = aPlan({ values: { [text]: text }, evidence: { log: [text] } });
      const read = await store().transact(async (unit) => {
        await unit.plans.insert({ ...plan, message: 'the program said \u0000 and died' });
        return unit.plans.get('plan-1');
      });
      expect(read).toMatchObject({ values: { [text]: text }, evidence: { log: [text] } });
      expect(read?.message).toMatch(/^the program said . and died$/su);
    });

    it.each(PLAN_STATES.map((state) => ({ state })))(
      'of one entity, beside one that is $state: at most one is open',
      async ({ state }) => {
        const open = (OPEN_PLAN_STATES as readonly string[]).includes(state);
        const second = await store().transact(async (unit) => {
          await unit.plans.insert(aPlan({ state }));
          await unit.plans.insert(aPlan({ id: 'plan-of-another', entity: 'another' }));
          return unit.plans.insert(aPlan({ id: 'plan-2' }));
        });
        expect(second).toEqual(
          open ? err({ code: 'open_plan_exists' }) : ok(aPlan({ id: 'plan-2' })),
        );
        const found = await store().transact((unit) => unit.plans.openOf(['test-service-dev']));
        expect(found.map(({ id }) => id)).toEqual([open ? 'plan-1' : 'plan-2']);
      },
    );

    it('lets one of two win who open a plan for the same entity at once', async () => {
      const inserts = await Promise.all(
        ['plan-1', 'plan-2'].map((id) =>
          store().transact((unit) => unit.plans.insert(aPlan({ id }))),
        ),
      );
      expect(inserts.filter(({ ok: won }) => won)).toHaveLength(1);
      expect(inserts).toContainEqual(err({ code: 'open_plan_exists' }));
    });

    it('lets one take the place of another in one transaction', async () => {
      const open = await store().transact(async (unit) => {
        await unit.plans.insert(aPlan());
        const ended: Partial<Plan> = { state: 'CANCELLED', cancelReason: 'superseded' };
        await unit.plans.save(aPlan({ ...ended, supersededBy: 'plan-2' }));
        await unit.plans.insert(aPlan({ id: 'plan-2', type: 'upgrade' }));
        return unit.plans.openOf(['test-service-dev']);
      });
      expect(open).toEqual([aPlan({ id: 'plan-2', type: 'upgrade' })]);
    });

    it('changes only over the version that the writer read, and one of two wins', async () => {
      await store().transact((unit) => unit.plans.insert(aPlan()));
      const move = (state: Plan['state']) =>
        store().transact((unit) => unit.plans.save(aPlan({ state })));
      const moves = await Promise.all([move('EXECUTING'), move('CANCELLED')]);
      const won = moves.filter((answer) => answer.ok);
      expect(won).toHaveLength(1);
      expect(moves).toContainEqual(err({ code: 'version_conflict' }));
      expect(await store().transact((unit) => unit.plans.get('plan-1'))).toEqual({
        ...won[0]?.value,
        version: 2,
      });
    });

    it('refuses to save one that was never inserted', async () => {
      expect(await store().transact((unit) => unit.plans.save(aPlan()))).toEqual(
        err({ code: 'version_conflict' }),
      );
    });

    it('takes an id that is used twice for a bug', async () => {
      const twice = store().transact(async (unit) => {
        await unit.plans.insert(aPlan());
        await unit.plans.insert(aPlan({ entity: 'another' }));
      });
      await expect(twice).rejects.toThrow(InvariantViolation);
    });

    it('takes a finished plan that is opened beside an open one for a bug', async () => {
      const reopen = store().transact(async (unit) => {
        await unit.plans.insert(aPlan({ id: 'plan-0', state: 'FAILED' }));
        await unit.plans.insert(aPlan());
        await unit.plans.save(aPlan({ id: 'plan-0', state: 'PENDING' }));
      });
      await expect(reopen).rejects.toThrow(InvariantViolation);
    });

    it('counts what executes by those that have slots, with a zero where nothing does', async () => {
      const counts = await store().transact(async (unit) => {
        const states = ['EXECUTING', 'EXECUTING', 'PENDING', 'UNKNOWN', 'SUCCEEDED'] as const;
        for (const [index, state] of states.entries()) {
          await unit.plans.insert(aPlan({ id: `p${index}`, entity: `e${index}`, state }));
        }
        const prod = { id: 'p9', entity: 'e9', environment: 'prod', spoke: 'spoke-b' };
        await unit.plans.insert(aPlan({ ...prod, state: 'EXECUTING' }));
        return unit.plans.executing({
          environments: ['dev', 'staging', 'prod'],
          products: ['test-service', 'other'],
          spokes: ['spoke-b'],
        });
      });
      expect(counts).toEqual({
        environments: new Map([
          ['dev', 2],
          ['staging', 0],
          ['prod', 1],
        ]),
        products: new Map([
          ['test-service', 3],
          ['other', 0],
        ]),
        spokes: new Map([['spoke-b', 1]]),
      });
    });

    it('forgets when to look again if a save leaves it out', async () => {
      const read = await store().transact(async (unit) => {
        await unit.plans.insert(aPlan({ state: 'BLOCKED', recheckAt: at(1) }));
        await unit.plans.save(aPlan({ state: 'BLOCKED' }));
        return { plan: await unit.plans.get('plan-1'), due: await unit.plans.dueAt(at(9), 10) };
      });
      expect(read).toStrictEqual({ plan: aPlan({ state: 'BLOCKED', version: 2 }), due: [] });
    });

    it.each([
      { name: 'a millisecond before its instant', now: '2026-03-02T12:00:59.999Z', expected: [] },
      { name: 'at its instant', now: at(1), expected: ['test-service-dev'] },
      {
        name: 'at its instant, told in another zone',
        now: `2026-03-02T13:01:00+01:00`,
        expected: ['test-service-dev'],
      },
      {
        name: 'a millisecond after',
        now: '2026-03-02T12:01:00.001Z',
        expected: ['test-service-dev'],
      },
    ])('are due from their instant on, while they wait: $name', async ({ now, expected }) => {
      const due = await store().transact(async (unit) => {
        await unit.plans.insert(aPlan({ state: 'BLOCKED', recheckAt: at(1) }));
        return unit.plans.dueAt(now, 10);
      });
      expect(due).toEqual(expected);
    });

    it.each(PLAN_STATES.map((state) => ({ state })))(
      'that time could move are due only if PENDING or BLOCKED: $state',
      async ({ state }) => {
        const due = await store().transact(async (unit) => {
          await unit.plans.insert(aPlan({ state, recheckAt: at(1) }));
          return unit.plans.dueAt(at(1), 10);
        });
        const waits = state === 'PENDING' || state === 'BLOCKED';
        expect(due).toEqual(waits ? ['test-service-dev'] : []);
      },
    );

    it('are not due again once they are saved with a later instant, or have moved', async () => {
      const blocked = (entity: string, change: Partial<Plan> = {}) =>
        aPlan({ id: `plan-${entity}`, entity, state: 'BLOCKED', recheckAt: at(1), ...change });
      const due = await store().transact(async (unit) => {
        for (const entity of ['a', 'b', 'c']) await unit.plans.insert(blocked(entity));
        await unit.plans.save(blocked('a', { recheckAt: at(3) }));
        await unit.plans.save(blocked('b', { state: 'EXECUTING' }));
        return [await unit.plans.dueAt(at(2), 10), await unit.plans.dueAt(at(3), 10)];
      });
      expect(due).toEqual([['c'], ['c', 'a']]);
    });

    it.each([
      { name: 'fewer than there are', limit: 2, expected: ['d', 'b'] },
      { name: 'as many as there are', limit: 4, expected: ['d', 'b', 'c', 'a'] },
      { name: 'more than there are', limit: 5, expected: ['d', 'b', 'c', 'a'] },
    ])('are due the longest waiting first, at most $name', async ({ limit, expected }) => {
      const due = await store().transact(async (unit) => {
        const instants = { a: at(3), c: at(2), b: at(2), d: at(1), e: at(4) };
        for (const [entity, recheckAt] of Object.entries(instants)) {
          await unit.plans.insert(aPlan({ id: entity, entity, state: 'BLOCKED', recheckAt }));
        }
        await unit.plans.insert(aPlan({ id: 'f', entity: 'f', state: 'BLOCKED' }));
        return unit.plans.dueAt(at(3), limit);
      });
      expect(due).toEqual(expected);
    });

    // Ids do not sort in the order of creation, and three plans share one instant.
    const HISTORY: readonly Partial<Plan>[] = [
      { id: 'z', entity: 'a', state: 'SUCCEEDED', type: 'install', createdAt: at(1) },
      { id: 'y', entity: 'b', state: 'FAILED', type: 'install', createdAt: at(2) },
      { id: 'm', entity: 'a', state: 'FAILED', type: 'upgrade', createdAt: at(2) },
      { id: 'x', entity: 'c', state: 'PENDING', type: 'upgrade', createdAt: at(2) },
      { id: 'b', entity: 'a', state: 'PENDING', environment: 'prod', createdAt: at(3) },
    ];
    const LISTS: { name: string; filter: PlanFilter; expected: readonly (readonly string[])[] }[] =
      [
        { name: 'all', filter: {}, expected: [['b', 'x'], ['m', 'y'], ['z']] },
        { name: 'an entity', filter: { entity: 'a' }, expected: [['b', 'm'], ['z']] },
        { name: 'an environment', filter: { environment: 'prod' }, expected: [['b']] },
        { name: 'a state', filter: { state: 'FAILED' }, expected: [['m', 'y']] },
        { name: 'a type', filter: { type: 'upgrade' }, expected: [['x', 'm']] },
        {
          name: 'an instant on',
          filter: { from: at(2) },
          expected: [
            ['b', 'x'],
            ['m', 'y'],
          ],
        },
        {
          name: 'just after an instant',
          filter: { from: '2026-03-02T12:02:00.001Z' },
          expected: [['b']],
        },
        { name: 'before an instant', filter: { to: at(2) }, expected: [['z']] },
        {
          name: 'until just after an instant',
          filter: { to: '2026-03-02T12:02:00.001Z' },
          expected: [
            ['x', 'm'],
            ['y', 'z'],
          ],
        },
        {
          name: 'everything together',
          filter: {
            entity: 'a',
            environment: 'dev',
            state: 'FAILED',
            type: 'upgrade',
            from: at(2),
          },
          expected: [['m']],
        },
        { name: 'nothing', filter: { from: at(2), to: at(2) }, expected: [[]] },
        {
          name: 'two environments',
          filter: { environments: ['prod', 'dev'] },
          expected: [['b', 'x'], ['m', 'y'], ['z']],
        },
        {
          name: 'one of them in a state',
          filter: { environments: ['dev', 'unknown'], state: 'FAILED' },
          expected: [['m', 'y']],
        },
        {
          name: 'an entity in one of them',
          filter: { environments: ['prod'], entity: 'a' },
          expected: [['b']],
        },
        {
          name: 'an environment that is none of them',
          filter: { environment: 'dev', environments: ['prod'] },
          expected: [[]],
        },
        { name: 'no environment', filter: { environments: [] }, expected: [[]] },
      ];
    it.each(LISTS)('list newest first in pages: $name', async ({ filter, expected }) => {
      const pages = await store().transact(async (unit) => {
        for (const plan of HISTORY) await unit.plans.insert(aPlan(plan));
        return pagesOfTwo((page) => unit.plans.list(filter, page));
      });
      expect(pages.map((page) => page.map(({ id }) => id))).toEqual(expected);
    });

    it('list nothing after a plan elsewhere, as if it were not there', async () => {
      const page = await store().transact(async (unit) => {
        await unit.plans.insert(aPlan({ id: 'older', entity: 'a' }));
        await unit.plans.insert(aPlan({ id: 'newer', entity: 'b', environment: 'prod' }));
        return unit.plans.list({ environments: ['dev'] }, { after: 'newer', limit: 5 });
      });
      expect(page).toEqual({ items: [] });
    });

    it('list nothing after an id that does not exist', async () => {
      const page = await store().transact(async (unit) => {
        await unit.plans.insert(aPlan());
        return unit.plans.list({}, { after: 'unknown', limit: 5 });
      });
      expect(page).toEqual({ items: [] });
    });
  });
}

function at(minute: number): string {
  return `2026-03-02T12:0${minute}:00.000Z`;
}
