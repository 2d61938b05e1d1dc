import { conditionOf, trueCondition, type Condition } from '../conditions.js';
import { awaitingController, tally, type KindRule, type StatusContext } from '../kind-rule.js';
import { countOf, fieldsAt, type Fields } from '../live-fields.js';
import { failed, healthy, progressing, suspended, type ObjectStatus } from '../object-status.js';

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

  const broken = brokenRollout(object, context);
  if (broken !== undefined) return broken;

  const desired = countOf(spec['replicas']) ?? 1;
  const existing = countOf(status['replicas']) ?? 0;
  const updated = countOf(status['updatedReplicas']) ?? 0;
  const available = countOf(status['availableReplicas']) ?? 0;
  if (updated < desired) {
    return progressing('ReplicasUpdating', tally(updated, desired, 'replicas are updated'));
  }
  if (existing > updated) {
    const old = existing - updated;
    return progressing('OldReplicasRemaining', `${old} replicas of an older revision still run`);
  }
  if (updated > desired) {
    return progressing('ScalingDown', `${updated} replicas run, ${desired} are wanted`);
  }
  if (available < desired) {
    return progressing('ReplicasUnavailable', tally(available, desired, 'replicas are available'));
  }
  return healthy('Available', tally(available, desired, 'replicas are available'));
};

function brokenRollout(object: Fields, context: StatusContext): ObjectStatus | undefined {
  const progress = conditionOf(object, 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded' && isCurrent(progress, context)) {
    return failed(progress.reason, progress.message);
  }
  const failure = trueCondition(object, 'ReplicaFailure');
  return failure !== undefined && isCurrent(failure, context)
    ? failed(failure.reason, failure.message)
    : undefined;
}

/**
 * Kubernetes leaves these two conditions standing for a moment after a new specification has been
 * observed: right after going back to an old revision they still tell of the one before.
 */
function isCurrent(condition: Condition, { since }: StatusContext): boolean {
  if (since === undefined || condition.updatedAt === undefined) return true;
  return condition.updatedAt >= wholeSecond(since);
}

/** Kubernetes' timestamps have no fractions. */
function wholeSecond(instant: Date): number {
  return Math.floor(instant.getTime() / 1000) * 1000;
}
