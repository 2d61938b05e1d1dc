import { awaitingController, tally, type KindRule } from '../kind-rule.js';
import { countOf, fieldsAt, textOf } from '../live-fields.js';
import { healthy, progressing } from '../object-status.js';

/** Judged by its counters and revisions: a StatefulSet has no conditions. */
export const statefulSetStatus: KindRule = (object) => {
  const spec = fieldsAt(object, 'spec');
  const status = fieldsAt(object, 'status');
  const behind = awaitingController(object);
  if (behind !== undefined) return behind;

  const desired = countOf(spec['replicas']) ?? 1;
  const existing = countOf(status['replicas']) ?? 0;
  const ready = countOf(status['readyReplicas']) ?? 0;
  if (ready < desired) {
    return progressing('ReplicasNotReady', tally(ready, desired, 'replicas are ready'));
  }
  if (existing > desired) {
    return progressing('ScalingDown', `${existing} replicas exist, ${desired} are wanted`);
  }
  const strategy = fieldsAt(spec, 'updateStrategy');
  if (strategy['type'] === 'OnDelete') {
    return healthy('Ready', `${tally(ready, desired, 'replicas are ready')}; updated on deletion`);
  }

  const partition = countOf(fieldsAt(strategy, 'rollingUpdate')['partition']);
  const updated = countOf(status['updatedReplicas']) ?? 0;
  const toUpdate = Math.max(0, desired - (partition ?? 0));
  if (partition !== undefined && updated < toUpdate) {
    return progressing('ReplicasUpdating', tally(updated, toUpdate, 'replicas are updated'));
  }
  const updateRevision = textOf(status['updateRevision']);
  if (partition === undefined && updateRevision !== textOf(status['currentRevision'])) {
    return progressing('ReplicasUpdating', tally(updated, desired, 'replicas are updated'));
  }
  return healthy('Ready', tally(ready, desired, 'replicas are ready'));
};
