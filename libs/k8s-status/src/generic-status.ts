import { conditionOf, currentConditions } from './conditions.js';
import { conditionFailure, generationBehind } from './generation.js';
import type { KindRule } from './kind-rule.js';
import { healthy, progressing } from './object-status.js';

/**
 * Kinds without a rule of their own, custom resources above all: they are judged by the conventions of
 * the Kubernetes API (`observedGeneration`, conditions Reconciling, Stalled and Ready). An object that
 * follows none of them, or has no status at all as a ConfigMap, is healthy by existing.
 */
export const genericStatus: KindRule = (object, context) => {
  const behind = generationBehind(object);
  if (behind !== undefined) return behind;
  const conditions = currentConditions(object);
  const find = (type: string) => conditions.find((condition) => condition.type === type);
  const reconciling = find('Reconciling');
  if (reconciling?.status === 'True') return progressing(reconciling.reason, reconciling.message);
  const stalled = find('Stalled');
  if (stalled?.status === 'True') return conditionFailure(object, stalled, context);
  const ready = find('Ready');
  if (ready !== undefined) {
    return ready.status === 'True'
      ? healthy(ready.reason, ready.message)
      : progressing(ready.reason, ready.message);
  }
  if (conditionOf(object, 'Ready') === undefined) return healthy('Exists', 'exists');
  return progressing('AwaitingController', 'its condition Ready is of an older specification');
};
