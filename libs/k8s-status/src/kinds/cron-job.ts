import { isOlder, type KindRule } from '../kind-rule.js';
import { fieldsAt, instantOf, itemsOf } from '../live-fields.js';
import { degraded, healthy, olderFault } from '../object-status.js';

/**
 * Bad only if its last run is over and did not succeed. One that is suspended, was never due or never
 * succeeded yet has nothing to wait for.
 */
export const cronJobStatus: KindRule = (object, context) => {
  if (fieldsAt(object, 'spec')['suspend'] === true) {
    return healthy('Suspended', 'is suspended, as its specification asks');
  }
  const status = fieldsAt(object, 'status');
  if (itemsOf(status['active']).length > 0) return healthy('Running', 'a run is under way');
  const scheduled = instantOf(status['lastScheduleTime']);
  if (scheduled === undefined) return healthy('NotDueYet', 'has not been due yet');
  const succeeded = instantOf(status['lastSuccessfulTime']);
  if (succeeded === undefined) return healthy('NoSuccessYet', 'has had no successful run yet');
  if (succeeded < scheduled) {
    const due = new Date(scheduled).toISOString();
    const told = `its run of ${due} did not succeed; see the logs of its Job`;
    return isOlder(scheduled, context)
      ? olderFault('LastRunFailed', told)
      : degraded('LastRunFailed', told);
  }
  return healthy('LastRunSucceeded', `its last run succeeded`);
};
