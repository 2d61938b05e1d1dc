import { trueCondition } from '../conditions.js';
import { awaitingController, tally, type KindRule } from '../kind-rule.js';
import { countOf, fieldsAt } from '../live-fields.js';
import { failed, healthy, progressing } from '../object-status.js';

/** Healthy when as many replicas are available as are wanted. */
export const replicaSetStatus: KindRule = (object) => {
  const behind = awaitingController(object);
  if (behind !== undefined) return behind;
  const failure = trueCondition(object, 'ReplicaFailure');
  if (failure !== undefined) return failed(failure.reason, failure.message);

  const desired = countOf(fieldsAt(object, 'spec')['replicas']) ?? 1;
  const available = countOf(fieldsAt(object, 'status')['availableReplicas']) ?? 0;
  const message = tally(available, desired, 'replicas are available');
  return available < desired
    ? progressing('ReplicasUnavailable', message)
    : healthy('Available', message);
};
