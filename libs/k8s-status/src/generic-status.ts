import { conditionOf, trueCondition } from './conditions.js';
import type { KindRule } from './kind-rule.js';
import { countOf, fieldsAt, type Fields } from './live-fields.js';
import { failed, healthy, progressing, type ObjectStatus } from './object-status.js';

/**
 * Kinds without a rule of their own, custom resources above all: they are judged by the conventions of
 * the Kubernetes API (`observedGeneration`, conditions Reconciling, Stalled and Ready). An object that
 * follows none of them, or has no status at all as a ConfigMap, is healthy by existing.
 */
export const genericStatus: KindRule = (object) => {
  const behind = generationBehind(object);
  if (behind !== undefined) return behind;
  const reconciling = trueCondition(object, 'Reconciling');
  if (reconciling !== undefined) return progressing(reconciling.reason, reconciling.message);
  const stalled = trueCondition(object, 'Stalled');
  if (stalled !== undefined) return failed(stalled.reason, stalled.message);
  const ready = conditionOf(object, 'Ready');
  if (ready === undefined) return healthy('Exists', 'exists');
  return ready.status === 'True'
    ? healthy(ready.reason, ready.message)
    : progressing(ready.reason, ready.message);
};

/** Only where both numbers exist: many kinds never write `observedGeneration`. */
function generationBehind(object: Fields): ObjectStatus | undefined {
  const generation = countOf(fieldsAt(object, 'metadata')['generation']);
  const observed = countOf(fieldsAt(object, 'status')['observedGeneration']);
  if (generation === undefined || observed === undefined || generation === observed) {
    return undefined;
  }
  return progressing(
    'AwaitingController',
    `generation ${generation} has not been observed by its controller yet (observed: ${observed})`,
  );
}
