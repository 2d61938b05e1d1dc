import { PLAN_LABEL } from './release-record.js';
import type { ManagedState } from './release-state.js';

/**
 * True if the head is the revision that brought the plan's label. Helm hands a label on to every later
 * upgrade, whoever makes it, so only the oldest revision that carries it is the plan's. False as well
 * where that cannot be told any more: older revisions were pruned, and one of them may have carried it.
 */
export function isLabelledBy(
  planId: string,
  { head, history }: Pick<ManagedState, 'head' | 'history'>,
): boolean {
  const first = history.find(({ labels }) => labels[PLAN_LABEL] === planId);
  if (first === undefined || first.revision !== head.revision) return false;
  return first.revision === 1 || first !== history[0];
}
