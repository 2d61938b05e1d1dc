import { conditionOf } from '../conditions.js';
import type { KindRule } from '../kind-rule.js';
import { healthy, progressing } from '../object-status.js';

/** Served once the API server reaches what stands behind it. Never terminal: that may yet start. */
export const apiServiceStatus: KindRule = (object) => {
  const available = conditionOf(object, 'Available');
  if (available === undefined) {
    return progressing('AwaitingController', 'has not been looked at by the API server yet');
  }
  const { status, reason, message } = available;
  return status === 'True' ? healthy(reason, message) : progressing(reason, message);
};
