import type { RunRecord } from '@apollo-deploy/domain';
import { describe, expect, it } from '@jest/globals';
import { anEntity, aRun } from '../testing/records/fleet-records.js';
import type { Store } from './store.js';

export function describeStoredRuns(store: () => Store): void {
  const put = (...runs: readonly RunRecord[]) => store().transact((unit) => unit.runs.put(runs));
  const ofEntities = (...entities: readonly string[]) =>
    store().transact((unit) => unit.runs.ofEntities(entities));
  const leading = async (...charts: readonly string[]) => {
    const runs = await store().transact((unit) => unit.runs.leading(charts));
    return runs.map(({ entity, chartSha256 }) => `${entity} ${chartSha256}`);
  };

  describe('runs', () => {
    const { planId: _planId, ...unplanned } = aRun();
    const { provenAt: _, healthySince: __, ...unproven } = aRun();
    it.each([
      { name: 'underway', run: aRun() },
      { name: 'that no plan brought', run: unplanned },
      { name: 'never seen Healthy', run: { ...unproven, healthyMs: 0 } },
      { name: 'of many years', run: aRun({ healthyMs: 123_456_789_012 }) },
    ])('keep every field: $name', async ({ run }) => {
      await put(run);
      expect(await ofEntities(run.entity)).toStrictEqual([run]);
    });

    it('are one for each entity and chart, the newest', async () => {
      await put(aRun({ entity: 'b' }), aRun({ chartSha256: 'd'.repeat(64) }), aRun());
      const { healthySince: _since, ...paused } = aRun({ healthyMs: 5 });
      await put(paused);
      expect(await ofEntities('test-service-dev', 'unknown', 'b')).toEqual([
        aRun({ entity: 'b' }),
        paused,
        aRun({ chartSha256: 'd'.repeat(64) }),
      ]);
      expect(await ofEntities()).toEqual([]);
    });

    it('are the same when they are locked, and as they were changed since', async () => {
      await put(aRun({ entity: 'b' }), aRun(), aRun({ chartSha256: 'd'.repeat(64) }));
      const { before, after } = await store().transact(async (unit) => {
        const locked = await unit.runs.lock(['b', 'unknown', 'test-service-dev']);
        await unit.runs.put([aRun({ entity: 'b', healthyMs: 7 })]);
        return { before: locked, after: await unit.runs.lock(['b']) };
      });
      expect(before).toEqual([
        aRun({ entity: 'b' }),
        aRun(),
        aRun({ chartSha256: 'd'.repeat(64) }),
      ]);
      expect(after).toEqual([aRun({ entity: 'b', healthyMs: 7 })]);
    });

    it('are found by their spoke while they are underway', async () => {
      const { healthySince: _since, ...paused } = aRun({ entity: 'paused' });
      await put(aRun({ entity: 'b' }), aRun({ entity: 'a' }), paused);
      await put(aRun({ entity: 'c', spoke: 'spoke-c' }), aRun({ entity: 'd', spoke: 'spoke-d' }));
      const found = (spokes: readonly string[]) =>
        store().transact(async (unit) =>
          (await unit.runs.underway(spokes)).map(({ entity }) => entity),
        );
      expect(await found(['spoke-c', 'spoke-a', 'unknown'])).toEqual(['a', 'b', 'c']);
      expect(await found([])).toEqual([]);
    });

    describe('lead in their environment', () => {
      const at = (minute: number) => `2026-03-02T12:0${String(minute)}:00.000Z`;
      const MINUTE_MS = 60_000;

      it.each([
        { name: 'with no chart asked for', charts: [], expected: [] },
        { name: 'with a chart that nobody runs', charts: ['x'], expected: [] },
        {
          name: 'proven first, longest underway and longest paused',
          charts: ['c1'],
          expected: ['first c1', 'long c1', 'paused c1'],
        },
        { name: 'each chart for itself', charts: ['c2'], expected: ['other c2'] },
        { name: 'each environment for itself', charts: ['c3'], expected: ['dev c3', 'eu c3'] },
        { name: 'once where one leads in all', charts: ['c4'], expected: ['only c4'] },
        { name: 'by name where all else is equal', charts: ['c5'], expected: ['a c5'] },
      ])('$name', async ({ charts, expected }) => {
        const run = (entity: string, chartSha256: string, change: Partial<RunRecord> = {}) =>
          aRun({ entity, chartSha256, provenAt: at(5), healthySince: at(5), ...change });
        const paused = (entity: string, minutes: number): RunRecord => {
          const { healthySince: _since, ...rest } = run(entity, 'c1');
          return { ...rest, healthyMs: minutes * MINUTE_MS };
        };
        await put(
          run('first', 'c1', { provenAt: at(1), healthyMs: 0 }),
          run('long', 'c1', { healthyMs: 10 * MINUTE_MS }),
          run('short', 'c1', { healthySince: at(2), healthyMs: 0 }),
          paused('paused', 7),
          paused('hardly', 6),
          run('other', 'c2'),
          run('dev', 'c3'),
          run('eu', 'c3', { environment: 'eu' }),
          run('only', 'c4'),
          run('b', 'c5'),
          run('a', 'c5'),
        );
        expect(await leading(...charts)).toEqual(expected);
      });
    });

    it('are forgotten by their chart, whoever ran it', async () => {
      const kept = aRun({ entity: 'a', chartSha256: 'c3' });
      await put(aRun({ entity: 'a', chartSha256: 'c1' }), aRun({ entity: 'b', chartSha256: 'c2' }));
      await put(aRun({ entity: 'b', chartSha256: 'c1' }), kept);
      const remove = (...charts: readonly string[]) =>
        store().transact((unit) => unit.runs.removeOfCharts(charts));
      await remove();
      expect(await leading('c1', 'c2', 'c3')).toEqual(['a c1', 'a c3', 'b c2']);
      await remove('c1', 'c2', 'unknown');
      expect(await ofEntities('a', 'b')).toEqual([kept]);
    });

    it('are as before when the transaction that wrote them fails', async () => {
      await put(aRun());
      const work = store().transact(async (unit) => {
        await unit.runs.put([aRun({ healthyMs: 99 }), aRun({ entity: 'new' })]);
        throw new Error('killed');
      });
      await expect(work).rejects.toThrow('killed');
      expect(await ofEntities('test-service-dev', 'new')).toEqual([aRun()]);
    });
  });

  it('knows in which environments products have entities', async () => {
    const read = await store().transact(async (unit) => {
      for (const [name, product, environment] of [
        ['a', 'web', 'prod'],
        ['b', 'web', 'dev'],
        ['c', 'web', 'dev'],
        ['d', 'api', 'dev'],
        ['e', 'other', 'eu'],
      ] as const) {
        await unit.entities.insert(anEntity({ name, product, environment }));
      }
      return {
        some: await unit.entities.environmentsOf(['web', 'api', 'unknown']),
        none: await unit.entities.environmentsOf([]),
      };
    });
    expect(read).toEqual({
      some: [
        { product: 'api', environment: 'dev' },
        { product: 'web', environment: 'dev' },
        { product: 'web', environment: 'prod' },
      ],
      none: [],
    });
  });
}
