import { conditionOf } from '../conditions.js';
import {
  awaitingController,
  isOlder,
  tally,
  type KindRule,
  type StatusContext,
} from '../kind-rule.js';
import { countOf, fieldsAt, type Fields } from '../live-fields.js';
import { failed, healthy, progressing, suspended, type ObjectStatus } from '../object-status.js';
import { withReplicaFailure } from '../replica-failure.js';

/**
 * Healthy only when the controller has seen the newest specification and exactly the desired number of
 * replicas exists, all of them updated and available.
 */
export const deploymentStatus: KindRule = (object, context) => {
  const spec = fieldsAt(object, 'spec');
  const status = fieldsAt(object, 'status');
  if (spec['paused'] === true) {
    return suspended('Paused', 'its rollout is paused; set spec.paused to false to resume it');
  }
  const behind = awaitingController(object);
  if (behind !== undefined) return behind;

  const exceeded = exceededDeadline(object, context);
  if (exceeded !== undefined) return exceeded;
  return withReplicaFailure(object, context, replicasStatus(spec, status));
};

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
    const told = old === 1 ? '1 replica of an older revision still runs' : undefined;
    return progressing(
      'OldReplicasRemaining',
      told ?? `${old} replicas of an older revision still run`,
    );
  }
  if (updated > desired) {
    return progressing('ScalingDown', `${updated} replicas run, ${desired} are wanted`);
  }
  if (available < desired) {
    return progressing('ReplicasUnavailable', tally(available, desired, 'replicas are available'));
  }
  return healthy('Available', tally(available, desired, 'replicas are available'));
}

/**
 * Kubernetes leaves the condition standing for a moment after a new specification has been observed:
 * right after going back to an old revision it still tells of the one before.
 */
function exceededDeadline(object: Fields, context: StatusContext): ObjectStatus | undefined {
  const progress = conditionOf(object, 'Progressing');
  if (progress?.reason !== 'ProgressDeadlineExceeded') return undefined;
  return isOlder(progress.updatedAt, context)
    ? undefined
    : failed(progress.reason, progress.message);
}
