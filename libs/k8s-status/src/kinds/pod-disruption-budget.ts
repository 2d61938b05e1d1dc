import { currentConditions } from '../conditions.js';
import { generationBehind } from '../generation.js';
import type { KindRule } from '../kind-rule.js';
import { degraded, healthy, progressing } from '../object-status.js';

/** Too few pods to disrupt is what a budget is for, so it is no fault of the budget. */
export const podDisruptionBudgetStatus: KindRule = (object) => {
  const behind = generationBehind(object);
  if (behind !== undefined) return behind;
  const conditions = currentConditions(object);
  const fault = conditions.find((c) => c.status === 'False' && c.reason !== 'InsufficientPods');
  if (fault !== undefined) return degraded(fault.reason, fault.message);
  const first = conditions[0];
  return first === undefined
    ? progressing('AwaitingController', 'has not been evaluated by its controller yet')
    : healthy(first.reason, first.message);
};
