import { awaitingController, tally, type KindRule } from '../kind-rule.js';
import { countOf, fieldsAt } from '../live-fields.js';
import { healthy, progressing } from '../object-status.js';
import { withReplicaFailure } from '../replica-failure.js';

/** Healthy when as many replicas are available as are wanted. */
export const replicaSetStatus: KindRule = (object, context) => {
  const behind = awaitingController(object);
  if (behind !== undefined) return behind;

  const desired = countOf(fieldsAt(object, 'spec')['replicas']) ?? 1;
  const available = countOf(fieldsAt(object, 'status')['availableReplicas']) ?? 0;
  const message = tally(available, desired, 'replicas are available');
  const counted =
    available < desired
      ? progressing('ReplicasUnavailable', message)
      : healthy('Available', message);
  return withReplicaFailure(object, context, counted);
};
