import { conditionOf, trueCondition } from '../conditions.js';
import {
  awaitingController,
  counted,
  isOlder,
  tally,
  type KindRule,
  type StatusContext,
} from '../kind-rule.js';
import { countOf, fieldsAt, type Fields } from '../live-fields.js';
import {
  failed,
  healthy,
  progressing,
  stopped,
  suspended,
  type ObjectStatus,
} from '../object-status.js';
import { withReplicaFailure } from '../replica-failure.js';

/** What Kubernetes accepts as `progressDeadlineSeconds` at least. */
const SHORTEST_DEADLINE_MS = 1000;

/**
 * Healthy only when the controller has seen the newest specification and exactly the desired number of
 * replicas exists, all of them updated and available. A paused one is suspended, and unfinished until
 * it has got there.
 */
export const deploymentStatus: KindRule = (object, context) => {
  const spec = fieldsAt(object, 'spec');
  const status = fieldsAt(object, 'status');
  const behind = awaitingController(object);
  if (spec['paused'] === true) return pausedStatus(behind ?? replicasStatus(spec, status));
  if (behind !== undefined) return behind;

  const exceeded = exceededDeadline(object, context);
  if (exceeded !== undefined) return exceeded;
  return withReplicaFailure(object, context, replicasStatus(spec, status));
};

function pausedStatus({ health, message }: ObjectStatus): ObjectStatus {
  return health === 'Healthy'
    ? suspended('Paused', `is paused; ${message}`)
    : stopped('Paused', `is paused: ${message}; set spec.paused to false to go on`);
}

function replicasStatus(spec: Fields, status: Fields): ObjectStatus {
  const desired = countOf(spec['replicas']) ?? 1;
  const existing = countOf(status['replicas']) ?? 0;
  const updated = countOf(status['updatedReplicas']) ?? 0;
  const available = countOf(status['availableReplicas']) ?? 0;
  if (updated < desired) {
    return progressing('ReplicasUpdating', tally(updated, desired, 'replicas are updated'));
  }
  if (existing > updated) {
    const old = existing - updated;
    const told = `${counted(old, 'replica')} of an older revision still ${old === 1 ? 'runs' : 'run'}`;
    return progressing('OldReplicasRemaining', told);
  }
  if (updated > desired) {
    const run = `${counted(updated, 'replica')} ${updated === 1 ? 'runs' : 'run'}`;
    return progressing('ScalingDown', `${run}, ${desired} are wanted`);
  }
  if (available < desired) {
    return progressing('ReplicasUnavailable', tally(available, desired, 'replicas are available'));
  }
  return healthy('Available', tally(available, desired, 'replicas are available'));
}

/**
 * Kubernetes leaves the condition standing for a moment after a new specification has been observed:
 * right after going back to an old revision it still tells of the one before. The second of the change
 * counts as before it, because no deadline is shorter than one.
 */
function exceededDeadline(object: Fields, context: StatusContext): ObjectStatus | undefined {
  const progress = conditionOf(object, 'Progressing');
  if (progress?.reason !== 'ProgressDeadlineExceeded') return undefined;
  const { updatedAt } = progress;
  if (isOlder(updatedAt && updatedAt - SHORTEST_DEADLINE_MS, context)) return undefined;
  const failure = trueCondition(object, 'ReplicaFailure');
  const isCause = failure !== undefined && !isOlder(failure.updatedAt, context);
  const why = isCause ? `; cannot make its replicas: ${failure.message}` : '';
  return failed(progress.reason, `${progress.message}${why}`);
}
