import { describe, expect, it } from '@jest/globals';
import { type Plan, PLAN_STATES } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { anEntity, aSpoke } from '../testing/records/fleet-records.js';
import { aPlan, anEvaluation } from '../testing/records/plan-records.js';
import type { Store } from './store.js';
import type { InstantRange } from './fleet-repositories.js';

/** What schedulers and recoveries look for: whom nobody marked, and who waits for what. */
export function describeWaiting(store: () => Store): void {
  describePlansThatWait(store);

  describe('entities that were never evaluated', () => {
    it('are found, without those that are marked', async () => {
      const [all = [], one = []] = await store().transact(async (unit) => {
        for (const name of ['d', 'b', 'a', 'c']) {
          await unit.entities.insert(anEntity({ name, releaseName: name }));
        }
        await unit.evaluations.put([anEvaluation({ entity: 'b' })]);
        await unit.dirty.mark(['c']);
        return [await unit.evaluations.missing(10), await unit.evaluations.missing(1)];
      });
      expect([...all].sort()).toEqual(['a', 'd']);
      expect(one).toHaveLength(1);
      expect(all).toEqual(expect.arrayContaining([...one]));
    });

    it('are found again when what evaluated or marked them is taken back', async () => {
      const takenBack = new Error('taken back');
      const name = 'a';
      await store().transact((unit) => unit.entities.insert(anEntity({ name })));
      const work = store().transact(async (unit) => {
        await unit.evaluations.put([anEvaluation({ entity: name })]);
        await unit.dirty.mark([name]);
        throw takenBack;
      });
      await expect(work).rejects.toBe(takenBack);
      const missing = () => store().transact((unit) => unit.evaluations.missing(10));
      expect(await missing()).toEqual([name]);
      await store().transact((unit) => unit.dirty.mark([name]));
      expect(await missing()).toEqual([]);
      await store().transact((unit) => unit.dirty.take(10));
      expect(await missing()).toEqual([name]);
    });
  });

  describe('spokes last heard in a range', () => {
    const RANGES: { name: string; ranges: readonly InstantRange[]; expected: readonly string[] }[] =
      [
        { name: 'no range', ranges: [], expected: [] },
        {
          name: 'after an instant, up to and with another',
          ranges: [{ after: minute(1), until: minute(3) }],
          expected: ['at-2', 'at-3'],
        },
        {
          name: 'up to an instant',
          ranges: [{ until: minute(2) }],
          expected: ['at-1', 'at-2'],
        },
        {
          name: 'several, one within the other',
          ranges: [{ until: minute(1) }, { after: minute(3), until: minute(9) }, { until: NEVER }],
          expected: ['at-1', 'at-4'],
        },
      ];
    it.each(RANGES)('are those not revoked: $name', async ({ ranges, expected }) => {
      const found = await store().transact(async (unit) => {
        for (const at of [4, 2, 1, 3]) {
          const name = `at-${String(at)}`;
          await unit.spokes.insert(aSpoke({ name, lastSeenAt: minute(at) }));
        }
        await unit.spokes.insert(aSpoke({ name: 'revoked', revoked: true, lastSeenAt: minute(2) }));
        await unit.spokes.insert(aSpoke({ name: 'never-heard' }));
        return unit.spokes.lastHeardIn(ranges);
      });
      expect(found).toEqual(expected);
    });
  });
}

function describePlansThatWait(store: () => Store): void {
  const blocked = (entity: string, change: Parameters<typeof aPlan>[0] = {}) =>
    aPlan({ id: `plan-${entity}`, entity, state: 'BLOCKED', recheckAt: minute(1), ...change });
  const limited = (entity: string, since: number, change: Partial<Plan> = {}) =>
    blocked(entity, { inLineSince: minute(since), violations: [LIMIT], ...change });

  describe('plans that are due', () => {
    it('are not due again while their entity is marked, and due again if that led to nothing', async () => {
      const due = await store().transact(async (unit) => {
        for (const entity of ['a', 'b', 'c']) await unit.plans.insert(blocked(entity));
        await unit.dirty.mark(['b']);
        const unmarked = await unit.plans.dueAt(minute(1), 10);
        await unit.dirty.take(10);
        return [unmarked, await unit.plans.dueAt(minute(1), 10)];
      });
      expect(due).toEqual([
        ['a', 'c'],
        ['a', 'b', 'c'],
      ]);
    });

    it.each([
      { name: 'before all', now: '2026-03-02T12:00:59.999Z', expected: minute(1) },
      { name: 'at the first', now: minute(1), expected: minute(3) },
      { name: 'between', now: minute(2), expected: minute(3) },
      { name: 'at the last', now: minute(3), expected: undefined },
    ])('say when the next one will be: $name', async ({ now, expected }) => {
      const next = await store().transact(async (unit) => {
        await unit.plans.insert(blocked('a', { state: 'PENDING', recheckAt: minute(3) }));
        await unit.plans.insert(blocked('b'));
        await unit.plans.insert(blocked('c', { state: 'EXECUTING', recheckAt: minute(2) }));
        return unit.plans.nextDueAfter(now);
      });
      expect(next).toBe(expected);
    });

    it('say nothing where none waits for an instant', async () => {
      expect(await store().transact((unit) => unit.plans.nextDueAfter(minute(0)))).toBeUndefined();
    });
  });

  describe('the line for slots', () => {
    it('has who waits for nothing else, by place, each once', async () => {
      const found = await store().transact(async (unit) => {
        for (const [entity, since, change] of IN_LINE) {
          await unit.plans.insert(limited(entity, since, change));
        }
        await unit.plans.insert(blocked('held'));
        const { plans } = unit;
        const line = async (...asked: Parameters<typeof plans.line>): Promise<readonly string[]> =>
          (await plans.line(...asked)).map(({ entity }) => entity);
        const all = { environments: ['dev', 'prod'], products: ['other'], spokes: ['spoke-b'] };
        return {
          first: await plans.line({ ...NOBODY, environments: ['prod'] }, NOBODY, 1),
          all: await line(all, NOBODY, 10),
          ofEach: await line({ ...all, spokes: [] }, NOBODY, 1),
          without: await line(all, { ...NOBODY, products: ['other'], spokes: ['spoke-b'] }, 10),
          product: await line({ ...NOBODY, products: ['other'] }, NOBODY, 10),
          nobody: await line(NOBODY, NOBODY, 10),
          strange: await line({ ...NOBODY, spokes: ['unknown', 'unknown'] }, NOBODY, 10),
        };
      });
      expect(found).toEqual({
        first: [
          {
            entity: 'last',
            environment: 'prod',
            product: 'test-service',
            spoke: 'spoke-a',
            since: minute(4),
          },
        ],
        all: ['first', 'second', 'third', 'last'],
        ofEach: ['first', 'third', 'last'],
        without: ['first', 'last'],
        product: ['third'],
        nobody: [],
        strange: [],
      });
    });

    it('is left by who goes, and joined again at the place that is saved', async () => {
      const found = await store().transact(async (unit) => {
        await unit.plans.insert(limited('a', 2));
        await unit.plans.insert(limited('b', 2));
        const ofDev = (): ReturnType<typeof unit.plans.line> =>
          unit.plans.line({ ...NOBODY, environments: ['dev'] }, NOBODY, 10);
        await unit.plans.save(blocked('a', { state: 'PENDING' }));
        const left = await ofDev();
        await unit.plans.save(limited('a', 2, { version: 2 }));
        const again = await ofDev();
        return [left, again].map((line) => line.map(({ entity }) => entity));
      });
      expect(found).toEqual([['b'], ['a', 'b']]);
    });
  });

  describe('a place in line', () => {
    it.each([
      { name: 'is held by nothing', violations: [] },
      { name: 'is held by something else', violations: [SHUT] },
      { name: 'is held by something else as well', violations: [LIMIT, SHUT] },
    ])('is refused to a plan that $name', async ({ violations }) => {
      const strays = limited('a', 2, { violations });
      const inserted = store().transact(({ plans }) => plans.insert(strays));
      await expect(inserted).rejects.toThrow(InvariantViolation);
      const saved = store().transact(async ({ plans }) => {
        await plans.insert(limited('a', 2));
        await plans.save(strays);
      });
      await expect(saved).rejects.toThrow('only what limits alone hold has a place in line');
    });
  });

  describe('plans held by a violation', () => {
    it('are found by its code, in some environments, however many there are', async () => {
      const violation = (code: string, message = '') => ({ code, message, data: {} });
      const entities = Array.from({ length: 250 }, (_, index) => `e-${String(1000 + index)}`);
      const found = await store().transact(async (unit) => {
        for (const entity of [...entities].reverse()) {
          await unit.plans.insert(
            blocked(entity, { violations: [violation('rule'), violation('concurrency')] }),
          );
        }
        const others = {
          'in-prod': blocked('in-prod', {
            environment: 'prod',
            violations: [violation('concurrency', 'NUL \u0000, half a pair \ud800')],
          }),
          'other-code': blocked('other-code', { violations: [violation('concurrency_2')] }),
          'only-told': blocked('only-told', {
            violations: [violation('rule', 'says "code":"concurrency" in its text')],
          }),
          'not-blocked': blocked('not-blocked', {
            state: 'PENDING',
            violations: [violation('concurrency')],
          }),
        };
        for (const plan of Object.values(others)) await unit.plans.insert(plan);
        return [
          await unit.plans.blockedBy('concurrency', ['dev']),
          await unit.plans.blockedBy('concurrency', ['prod', 'unknown', 'prod']),
          await unit.plans.blockedBy('concurrency', []),
        ];
      });
      expect(found).toEqual([entities, ['in-prod'], []]);
    });
  });

  describe('plans that are ready', () => {
    it('are found in the order of their entities, in pages', async () => {
      const found = await store().transact(async (unit) => {
        for (const entity of ['c', 'a', 'd']) {
          await unit.plans.insert(blocked(entity, { state: 'PENDING' }));
        }
        await unit.plans.insert(blocked('b', { state: 'PENDING', environment: 'prod' }));
        return [
          await unit.plans.pendingIn(undefined, { limit: 3 }),
          await unit.plans.pendingIn(undefined, { limit: 3, after: 'c' }),
          await unit.plans.pendingIn(['dev'], { limit: 2 }),
          await unit.plans.pendingIn(['dev'], { limit: 2, after: 'c' }),
          await unit.plans.pendingIn(['prod'], { limit: 2 }),
          await unit.plans.pendingIn([], { limit: 2 }),
        ];
      });
      expect(found).toEqual([
        { items: ['a', 'b', 'c'], next: 'c' },
        { items: ['d'] },
        { items: ['a', 'c'], next: 'c' },
        { items: ['d'] },
        { items: ['b'] },
        { items: [] },
      ]);
    });

    it('go by themselves everywhere, in pages', async () => {
      const found = await store().transact(async (unit) => {
        for (const [entity, change] of [
          ['d', { type: 'rollback', planClass: 'roll_off' }],
          ['a', { type: 'rollback', planClass: 'automatic_rollback', environment: 'prod' }],
          ['c', { type: 'config_update', planClass: 'repair' }],
          ['b', { type: 'upgrade', planClass: 'ordinary' }],
          ['aa', { type: 'rollback', planClass: 'ordinary' }],
        ] as const) {
          await unit.plans.insert(blocked(entity, { state: 'PENDING', ...change }));
        }
        await unit.plans.insert(blocked('e', { type: 'rollback' }));
        return [
          await unit.plans.pendingRestores({ limit: 2 }),
          await unit.plans.pendingRestores({ limit: 2, after: 'c' }),
        ];
      });
      expect(found).toEqual([{ items: ['a', 'c'], next: 'c' }, { items: ['d'] }]);
    });

    it.each(PLAN_STATES.map((state) => ({ state })))('are PENDING: $state', async ({ state }) => {
      const found = await store().transact(async (unit) => {
        await unit.plans.insert(blocked('a', { state }));
        return unit.plans.pendingIn(undefined, { limit: 10 });
      });
      expect(found.items).toEqual(state === 'PENDING' ? ['a'] : []);
    });
  });
}

const LIMIT = { code: 'concurrency', message: '1 of 1 plans already execute', data: {} };
const SHUT = { code: 'maintenance_window', message: 'no window is open', data: {} };

const NOBODY = { environments: [], products: [], spokes: [] };

const IN_LINE: readonly (readonly [string, number, Partial<Plan>])[] = [
  ['last', 4, { environment: 'prod' }],
  ['second', 1, { spoke: 'spoke-b' }],
  ['first', 0, {}],
  ['third', 3, { product: 'other', environment: 'staging' }],
];

const NEVER = '2000-01-01T00:00:00.000Z';

function minute(number: number): string {
  return `2026-03-02T12:0${String(number)}:00.000Z`;
}
