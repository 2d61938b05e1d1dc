import type { Condition } from './conditions.js';
import type { StatusContext } from './kind-rule.js';
import { countOf, fieldsAt, type Fields } from './live-fields.js';
import { degraded, failed, progressing, type ObjectStatus } from './object-status.js';

/** Only where both numbers exist: many kinds never write `observedGeneration`. */
export function generationBehind(object: Fields): ObjectStatus | undefined {
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

/**
 * The failure a condition tells of. Terminal unless it may be the failure of an older specification:
 * one that its controller dates before `since` and does not say it has observed the newest of.
 */
export function conditionFailure(
  object: Fields,
  condition: Condition,
  { since }: StatusContext,
): ObjectStatus {
  const { reason, message, updatedAt } = condition;
  const generation = countOf(fieldsAt(object, 'metadata')['generation']);
  const observed =
    condition.observedGeneration ?? countOf(fieldsAt(object, 'status')['observedGeneration']);
  const isOfNewest = generation !== undefined && observed === generation;
  // Kubernetes' timestamps have no fractions.
  const isDated =
    since !== undefined &&
    updatedAt !== undefined &&
    updatedAt >= Math.floor(since.getTime() / 1000) * 1000;
  const counts = since === undefined || isOfNewest || isDated;
  return counts ? failed(reason, message) : degraded(reason, message);
}
