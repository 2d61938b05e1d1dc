import { describe, expect, it } from '@jest/globals';
import { aDecline, anEvaluation } from '../testing/records/plan-records.js';
import type { Store } from './store.js';

export function describeStoredEvaluations(store: () => Store): void {
  describe('evaluations', () => {
    it('are the last of each entity', async () => {
      const later = anEvaluation({ code: 'no_report', target: { version: null, reason: 'none' } });
      const read = await store().transact(async (unit) => {
        await unit.evaluations.put([anEvaluation(), anEvaluation({ entity: 'b' })]);
        await unit.evaluations.put([anEvaluation({ code: 'stale' }), later]);
        await unit.evaluations.put([]);
        return unit.evaluations.getMany(['test-service-dev', 'b', 'unknown']);
      });
      expect(read).toEqual([anEvaluation({ entity: 'b' }), later]);
    });
  });

  describe('declines', () => {
    it('are one for each entity and content, the newest', async () => {
      const interrupted = aDecline({ failures: 2, standing: false, by: 'sre-1', why: 'no \u0000' });
      const read = await store().transact(async (unit) => {
        await unit.declines.put(aDecline());
        await unit.declines.put({ ...interrupted, why: 'not now' });
        await unit.declines.put(aDecline({ contentKey: 'other' }));
        await unit.declines.put(aDecline({ entity: 'b' }));
        await unit.declines.remove('test-service-dev', 'other');
        await unit.declines.remove('unknown', 'other');
        return unit.declines.ofEntities(['test-service-dev', 'c']);
      });
      expect(read).toEqual([{ ...interrupted, why: 'not now' }]);
    });
  });
}
