import { awaitingController, counted, tally, type KindRule } from '../kind-rule.js';
import { countOf, fieldsAt, textOf, type Fields } from '../live-fields.js';
import { healthy, progressing, type ObjectStatus } from '../object-status.js';
import { updatedOnDeletion } from './updated-on-deletion.js';

/** Judged by its counters and revisions: a StatefulSet has no conditions. */
export const statefulSetStatus: KindRule = (object) => {
  const spec = fieldsAt(object, 'spec');
  const status = fieldsAt(object, 'status');
  const desired = countOf(spec['replicas']) ?? 1;
  return (
    awaitingController(object) ??
    beforeReady(spec, status, desired) ??
    beforeUpdated(spec, status, desired) ??
    readyStatus(spec, status, desired)
  );
};

function beforeReady(spec: Fields, status: Fields, desired: number): ObjectStatus | undefined {
  const ready = countOf(status['readyReplicas']) ?? 0;
  if (ready < desired) {
    return progressing('ReplicasNotReady', tally(ready, desired, 'replicas are ready'));
  }
  // Counted by every cluster only where replicas have to be ready for a while.
  const available = countOf(status['availableReplicas']) ?? 0;
  if ((countOf(spec['minReadySeconds']) ?? 0) > 0 && available < desired) {
    return progressing('ReplicasUnavailable', tally(available, desired, 'replicas are available'));
  }
  const existing = countOf(status['replicas']) ?? 0;
  if (existing <= desired) return undefined;
  const exist = `${counted(existing, 'replica')} ${existing === 1 ? 'exists' : 'exist'}`;
  return progressing('ScalingDown', `${exist}, ${desired} are wanted`);
}

function beforeUpdated(spec: Fields, status: Fields, desired: number): ObjectStatus | undefined {
  const strategy = fieldsAt(spec, 'updateStrategy');
  if (strategy['type'] === 'OnDelete') return undefined;
  const partition = countOf(fieldsAt(strategy, 'rollingUpdate')['partition']);
  const updated = countOf(status['updatedReplicas']) ?? 0;
  const toUpdate = Math.max(0, desired - (partition ?? 0));
  const isUpdated =
    partition === undefined
      ? textOf(status['updateRevision']) === textOf(status['currentRevision'])
      : updated >= toUpdate;
  if (isUpdated) return undefined;
  return progressing('ReplicasUpdating', tally(updated, toUpdate, 'replicas are updated'));
}

function readyStatus(spec: Fields, status: Fields, desired: number): ObjectStatus {
  const told = tally(countOf(status['readyReplicas']) ?? 0, desired, 'replicas are ready');
  if (fieldsAt(spec, 'updateStrategy')['type'] !== 'OnDelete') return healthy('Ready', told);
  const updated = countOf(status['updatedReplicas']) ?? 0;
  return updatedOnDeletion(healthy('Ready', told), updated, desired, 'replicas are updated');
}
