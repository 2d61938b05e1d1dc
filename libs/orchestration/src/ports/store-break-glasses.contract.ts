import { describe, expect, it } from '@jest/globals';
import type { BreakGlass } from '@apollo-deploy/domain';
import { aBreakGlass } from '@apollo-deploy/domain/testing';
import { pagesOfTwo } from './pages-of-two.contract.js';
import type { Store } from './store.js';

const REVIEW = { by: 'bob', at: '2026-01-05T12:00:00.000Z', verdict: 'accepted' } as const;

const ids = (glasses: readonly BreakGlass[]) => glasses.map(({ id }) => id);

export function describeStoredBreakGlasses(store: () => Store): void {
  const insert = (...glasses: readonly BreakGlass[]) =>
    store().transact(async (unit) => {
      for (const glass of glasses) await unit.breakGlasses.insert(glass);
    });
  const get = (id: string) => store().transact((unit) => unit.breakGlasses.get(id));
  const save = (glass: BreakGlass) => store().transact((unit) => unit.breakGlasses.save(glass));

  describe('break-glasses', () => {
    it.each([
      { name: 'as they were opened', glass: aBreakGlass() },
      {
        name: 'with every field, and any text as its reason',
        glass: aBreakGlass({
          deployment: 'deploy_20260105090000_aria_1',
          waives: ['approval', 'window', 'soak', 'promoted', 'health', 'dependency'],
          reason: 'é, 🚀, "quotes" and a \n line',
          uses: 3,
          plans: ['plan-1', 'plan-2'],
          ended: { by: 'bob', at: '2026-01-05T10:00:00.001Z' },
          unusedAt: '2026-01-05T10:00:00.002Z',
          review: { ...REVIEW, verdict: 'objected', comment: 'it was "not" needed' },
          overdueToldAt: '2026-01-06T09:00:00.000Z',
        }),
      },
    ])('are kept $name', async ({ glass }) => {
      await insert(glass);
      expect(await get(glass.id)).toStrictEqual(glass);
      expect(await get('glass-2')).toBeUndefined();
    });

    it('are written over only by who knows what they write over', async () => {
      await insert(aBreakGlass());
      const reviewed = { ...aBreakGlass(), review: REVIEW };
      expect(await save(reviewed)).toEqual({ ok: true, value: { ...reviewed, version: 2 } });
      expect(await save({ ...aBreakGlass(), uses: 1 })).toEqual({
        ok: false,
        error: { code: 'version_conflict' },
      });
      expect(await save(aBreakGlass({ id: 'glass-2' }))).toMatchObject({ ok: false });
      expect(await get('glass-1')).toStrictEqual({ ...reviewed, version: 2 });
    });

    it('are owed until somebody reviews them or nothing went by them, ended or not, oldest first', async () => {
      await insert(
        aBreakGlass({ id: 'c' }),
        aBreakGlass({ id: 'b', openedAt: '2026-01-05T09:00:00.001Z', environment: 'dev' }),
        aBreakGlass({ id: 'a', ended: { by: 'ann', at: '2026-01-05T09:30:00.000Z' } }),
        aBreakGlass({ id: 'd', review: REVIEW }),
        aBreakGlass({ id: 'g', unusedAt: '2026-01-05T09:30:00.000Z' }),
        aBreakGlass({ id: 'e', product: 'web', openedAt: '2026-01-05T08:00:00.000Z' }),
        aBreakGlass({ id: 'f', product: 'other' }),
      );
      const owed = (...products: readonly string[]) =>
        store().transact((unit) => unit.breakGlasses.owed(products));
      expect(ids(await owed('aria', 'web', 'unknown', 'web'))).toEqual(['e', 'a', 'c', 'b']);
      expect(await owed()).toEqual([]);
      await save(aBreakGlass({ id: 'c', review: REVIEW }));
      expect(ids(await owed('aria'))).toEqual(['a', 'b']);
    });

    it('are overdue untold from the instant at which they are due, until that is told', async () => {
      const due = (id: string, dueAt: string, change: Partial<BreakGlass> = {}) =>
        aBreakGlass({ id, dueAt, ...change });
      await insert(
        due('later', '2026-01-06T09:00:00.001Z'),
        due('now', '2026-01-06T09:00:00.000Z'),
        due('before', '2026-01-06T08:00:00.000Z', { product: 'web' }),
        due('told', '2026-01-06T08:00:00.000Z', { overdueToldAt: '2026-01-06T08:00:00.000Z' }),
        due('reviewed', '2026-01-06T08:00:00.000Z', { review: REVIEW }),
        due('unused', '2026-01-06T08:00:00.000Z', { unusedAt: '2026-01-05T12:00:00.000Z' }),
      );
      const untold = (limit: number) =>
        store().transact((unit) =>
          unit.breakGlasses.overdueUntold('2026-01-06T09:00:00.000Z', limit),
        );
      expect(ids(await untold(10))).toEqual(['before', 'now']);
      expect(ids(await untold(1))).toEqual(['before']);
    });

    it.each([
      { name: 'all', filter: {}, expected: [['a', 'b'], ['c', 'd'], ['e']] },
      { name: 'of a product', filter: { product: 'aria' }, expected: [['a', 'b'], ['d']] },
      { name: 'of an environment', filter: { environment: 'dev' }, expected: [['b', 'c']] },
      {
        name: 'of these environments',
        filter: { environments: ['dev', 'x'] },
        expected: [['b', 'c']],
      },
      { name: 'of no environment', filter: { environments: [] }, expected: [[]] },
      {
        name: 'of an environment that is none of these',
        filter: { environment: 'dev', environments: ['prod'] },
        expected: [[]],
      },
      { name: 'of who opened them', filter: { openedBy: 'bob' }, expected: [['c', 'd']] },
      { name: 'that owe a review', filter: { open: true }, expected: [['a', 'b'], ['c']] },
      { name: 'that owe none', filter: { open: false }, expected: [['d', 'e']] },
      {
        name: 'of everything at once',
        filter: { product: 'aria', environment: 'dev', open: true },
        expected: [['b']],
      },
      { name: 'of a product without any', filter: { product: 'unknown' }, expected: [[]] },
    ])('are listed by id in pages: $name', async ({ filter, expected }) => {
      await insert(
        aBreakGlass({ id: 'e', product: 'web', unusedAt: '2026-01-05T12:00:00.000Z' }),
        aBreakGlass({ id: 'd', openedBy: 'bob', review: REVIEW }),
        aBreakGlass({ id: 'c', openedBy: 'bob', product: 'web', environment: 'dev' }),
        aBreakGlass({ id: 'b', environment: 'dev' }),
        aBreakGlass({ id: 'a' }),
      );
      const pages = await store().transact((unit) =>
        pagesOfTwo((page) => unit.breakGlasses.list(filter, page)),
      );
      expect(pages.map(ids)).toEqual(expected);
    });
  });
}
