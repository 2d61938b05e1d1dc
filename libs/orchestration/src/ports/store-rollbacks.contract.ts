import { describe, expect, it } from '@jest/globals';
import { type Baseline, BASELINES_KEPT } from '@apollo-deploy/domain';
import { aBaseline, anEvaluation, aRollbackDemand } from '../testing/records/plan-records.js';
import type { Store } from './store.js';

export function describeStoredRollbacks(store: () => Store): void {
  describeBaselines(store);
  describeDemands(store);
  describeDueEvaluations(store);
}

function describeBaselines(store: () => Store): void {
  const put = (...baselines: readonly Baseline[]) =>
    store().transact(async (unit) => {
      for (const baseline of baselines) await unit.baselines.put(baseline);
    });
  const keysOf = (entity: string) =>
    store().transact(async (unit) =>
      (await unit.baselines.ofEntities([entity])).map(({ contentKey }) => contentKey),
    );

  describe('baselines', () => {
    const { planId: _, ...withoutPlan } = aBaseline({
      how: 'observed',
      evidence: { since: '2026-03-02T12:00:00.000Z', nothing: null },
      values: { 'a.b': ['NUL \u0000', { deep: 1.5 }] },
    });
    it.each([
      { name: 'brought by a plan', baseline: aBaseline() },
      { name: 'with the edits that are in it', baseline: aBaseline({ entityVersion: 7 }) },
      { name: 'observed, with evidence', baseline: withoutPlan },
    ])('keep every field: $name', async ({ baseline }) => {
      await put(baseline);
      const read = await store().transact((unit) => unit.baselines.newestOf([baseline.entity]));
      expect(read).toStrictEqual([baseline]);
    });

    it('are newest first by when they were put, also within one instant', async () => {
      await put(aBaseline({ contentKey: 'b' }), aBaseline({ contentKey: 'c' }));
      await put(aBaseline({ contentKey: 'a' }), aBaseline({ entity: 'another', contentKey: 'z' }));
      expect(await keysOf('test-service-dev')).toEqual(['a', 'c', 'b']);
      expect(await keysOf('unknown')).toEqual([]);
    });

    it('of several entities are all answered, entity by entity', async () => {
      await put(aBaseline({ entity: 'b', contentKey: 'old' }), aBaseline({ entity: 'a' }));
      await put(aBaseline({ entity: 'b', contentKey: 'new' }), aBaseline({ entity: 'c' }));
      const read = await store().transact((unit) =>
        unit.baselines.ofEntities(['b', 'unknown', 'a', 'b']),
      );
      expect(read).toEqual([
        aBaseline({ entity: 'a' }),
        aBaseline({ entity: 'b', contentKey: 'new' }),
        aBaseline({ entity: 'b', contentKey: 'old' }),
      ]);
    });

    it('have each content once: it becomes the newest when it succeeds again', async () => {
      await put(aBaseline({ contentKey: 'a' }), aBaseline({ contentKey: 'b' }));
      const again = aBaseline({ contentKey: 'a', planId: 'plan-9' });
      await put(again);
      expect(await keysOf('test-service-dev')).toEqual(['a', 'b']);
      const read = await store().transact((unit) => unit.baselines.newestOf(['test-service-dev']));
      expect(read).toEqual([again]);
    });

    it('answer the newest of several entities, those that have one', async () => {
      await put(
        aBaseline({ entity: 'b', contentKey: 'old' }),
        aBaseline({ entity: 'b', contentKey: 'new' }),
        aBaseline({ entity: 'a' }),
        aBaseline({ entity: 'c' }),
      );
      const read = await store().transact((unit) =>
        unit.baselines.newestOf(['unknown', 'b', 'a', 'b']),
      );
      expect(read).toEqual([
        aBaseline({ entity: 'a' }),
        aBaseline({ entity: 'b', contentKey: 'new' }),
      ]);
    });

    it('are kept up to a number an entity; the oldest are forgotten', async () => {
      const keys = Array.from({ length: BASELINES_KEPT + 2 }, (_unused, index) => `k${index}`);
      await put(aBaseline({ entity: 'another', contentKey: 'stays' }));
      await put(...keys.map((contentKey) => aBaseline({ contentKey })));
      expect(await keysOf('test-service-dev')).toEqual(keys.slice(2).toReversed());
      expect(await keysOf('another')).toEqual(['stays']);
    });

    it('of one entity can be forgotten all at once', async () => {
      await put(aBaseline({ contentKey: 'a' }), aBaseline({ contentKey: 'b' }));
      await put(aBaseline({ entity: 'another', contentKey: 'stays' }));
      await store().transact(async (unit) => {
        await unit.baselines.removeOf('test-service-dev');
        await unit.baselines.removeOf('unknown');
      });
      expect(await keysOf('test-service-dev')).toEqual([]);
      expect(await keysOf('another')).toEqual(['stays']);
    });
  });
}

function describeDemands(store: () => Store): void {
  describe('rollback demands', () => {
    it('keep every field', async () => {
      const demand = aRollbackDemand();
      const read = await store().transact(async (unit) => {
        await unit.rollbackDemands.put(demand);
        return unit.rollbackDemands.ofEntities(['test-service-dev', 'unknown']);
      });
      expect(read).toStrictEqual([demand]);
    });

    it('are one an entity, the newest, until it is taken out', async () => {
      const newest = aRollbackDemand({ id: 'demand-2', because: 'plan-9' });
      const read = await store().transact(async (unit) => {
        await unit.rollbackDemands.put(aRollbackDemand({ entity: 'b' }));
        await unit.rollbackDemands.put(aRollbackDemand());
        await unit.rollbackDemands.put(newest);
        const before = await unit.rollbackDemands.ofEntities(['test-service-dev', 'b']);
        await unit.rollbackDemands.remove('test-service-dev');
        await unit.rollbackDemands.remove('test-service-dev');
        return { before, after: await unit.rollbackDemands.ofEntities(['test-service-dev', 'b']) };
      });
      const other = aRollbackDemand({ entity: 'b' });
      expect(read).toEqual({ before: [other, newest], after: [other] });
    });

    it('is there again when the transaction that served it fails', async () => {
      await store().transact((unit) => unit.rollbackDemands.put(aRollbackDemand()));
      const work = store().transact(async (unit) => {
        await unit.rollbackDemands.remove('test-service-dev');
        throw new Error('killed');
      });
      await expect(work).rejects.toThrow('killed');
      const left = await store().transact((unit) =>
        unit.rollbackDemands.ofEntities(['test-service-dev']),
      );
      expect(left).toEqual([aRollbackDemand()]);
    });
  });
}

function describeDueEvaluations(store: () => Store): void {
  describe('evaluations to be looked at again', () => {
    it('keep what is settling and since when', async () => {
      const settling = { contentKey: 'k1', since: '2026-03-02T12:00:00.000Z', epoch: 3 };
      const evaluation = anEvaluation({ settling, recheckAt: at(1) });
      const read = await store().transact(async (unit) => {
        await unit.evaluations.put([evaluation]);
        return unit.evaluations.getMany(['test-service-dev']);
      });
      expect(read).toStrictEqual([evaluation]);
    });

    it('are due from their instant on, the longest waiting first', async () => {
      const due = await store().transact(async (unit) => {
        const instants = { a: at(3), c: at(2), b: at(2), d: at(1), e: at(4) };
        for (const [entity, recheckAt] of Object.entries(instants)) {
          await unit.evaluations.put([anEvaluation({ entity, recheckAt })]);
        }
        await unit.evaluations.put([anEvaluation({ entity: 'never' })]);
        return {
          before: await unit.evaluations.dueAt('2026-03-02T12:00:59.999Z', 9),
          all: await unit.evaluations.dueAt(at(3), 9),
          some: await unit.evaluations.dueAt(at(3), 2),
        };
      });
      expect(due).toEqual({ before: [], all: ['d', 'b', 'c', 'a'], some: ['d', 'b'] });
    });

    it('are not due again once they are put with a later instant, or without', async () => {
      const due = await store().transact(async (unit) => {
        for (const entity of ['a', 'b', 'c']) {
          await unit.evaluations.put([anEvaluation({ entity, recheckAt: at(1) })]);
        }
        await unit.evaluations.put([anEvaluation({ entity: 'a', recheckAt: at(3) })]);
        await unit.evaluations.put([anEvaluation({ entity: 'b' })]);
        return unit.evaluations.dueAt(at(2), 9);
      });
      expect(due).toEqual(['c']);
    });
  });
}

function at(minute: number): string {
  return `2026-03-02T12:0${minute}:00.000Z`;
}
