import { trueCondition } from './conditions.js';
import { isOlder, type StatusContext } from './kind-rule.js';
import type { Fields } from './live-fields.js';
import { degraded, failed, type ObjectStatus } from './object-status.js';

/** The pod as it is specified is not let in; a quota, a webhook or an account may change its mind. */
const NEVER_LET_IN = /violates PodSecurity|\b(maximum|minimum) \S+ usage per (Pod|Container)\b/;

/**
 * `counted`, unless replicas are still wanted and cannot be made. That passes as soon as there is room
 * for them: a rollout that is short of quota goes on when its old replicas have gone.
 */
export function withReplicaFailure(
  object: Fields,
  context: StatusContext,
  counted: ObjectStatus,
): ObjectStatus {
  const failure = trueCondition(object, 'ReplicaFailure');
  if (counted.health === 'Healthy' || failure === undefined) return counted;
  if (isOlder(failure.updatedAt, context)) return counted;
  const { reason, message } = failure;
  if (NEVER_LET_IN.test(message)) return failed(reason, message);
  return degraded(reason, `${counted.message}; cannot make the others: ${message}`);
}
