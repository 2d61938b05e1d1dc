import { awaitingController, tally, type KindRule } from '../kind-rule.js';
import { countOf, fieldsAt } from '../live-fields.js';
import { healthy, progressing } from '../object-status.js';
import { updatedOnDeletion } from './updated-on-deletion.js';

/** Judged by its counters over the nodes that should run it: a DaemonSet sets no conditions. */
export const daemonSetStatus: KindRule = (object) => {
  const status = fieldsAt(object, 'status');
  const behind = awaitingController(object);
  if (behind !== undefined) return behind;

  const desired = countOf(status['desiredNumberScheduled']) ?? 0;
  const updated = countOf(status['updatedNumberScheduled']) ?? 0;
  const available = countOf(status['numberAvailable']) ?? 0;
  const onDelete = fieldsAt(object, 'spec', 'updateStrategy')['type'] === 'OnDelete';
  if (updated < desired && !onDelete) {
    return progressing('PodsUpdating', tally(updated, desired, 'pods are updated'));
  }
  const told = tally(available, desired, 'pods are available');
  if (available < desired) return progressing('PodsUnavailable', told);
  const arrived = healthy('Available', told);
  return onDelete ? updatedOnDeletion(arrived, updated, desired, 'pods are updated') : arrived;
};
