import { trueCondition } from '../conditions.js';
import { counted, isOlder, tally, type KindRule } from '../kind-rule.js';
import { countOf, fieldsAt } from '../live-fields.js';
import { failed, healthy, olderFault, progressing, suspended } from '../object-status.js';

/**
 * Judged by the *status* of its conditions, not their presence: a resumed Job keeps `Suspended: False`
 * and is still running. `FailureTarget` comes before `Failed` and already settles the outcome.
 */
export const jobStatus: KindRule = (object, context) => {
  const failure = trueCondition(object, 'Failed') ?? trueCondition(object, 'FailureTarget');
  if (failure !== undefined) {
    const { reason, message, updatedAt } = failure;
    return isOlder(updatedAt, context) ? olderFault(reason, message) : failed(reason, message);
  }
  const complete = trueCondition(object, 'Complete');
  if (complete !== undefined) return healthy('Complete', 'ran to completion');
  const spec = fieldsAt(object, 'spec');
  if (trueCondition(object, 'Suspended') !== undefined || spec['suspend'] === true) {
    return suspended('Suspended', 'is suspended; set spec.suspend to false to run it');
  }
  const status = fieldsAt(object, 'status');
  const succeeded = countOf(status['succeeded']) ?? 0;
  const retries = countOf(status['failed']) ?? 0;
  const progress = tally(succeeded, countOf(spec['completions']) ?? 1, 'completions reached');
  return progressing(
    'Running',
    retries === 0 ? progress : `${progress}, ${counted(retries, 'pod')} failed`,
  );
};
