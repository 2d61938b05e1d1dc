import type { Plan } from './plan.js';

/**
 * The instant (RFC 3339) by which a plan has its turn among those that want a slot; the earliest goes
 * first. It has it also while it does not stand in line.
 */
export function placeOf({
  queuedSince,
  createdAt,
}: Pick<Plan, 'queuedSince' | 'createdAt'>): string {
  return queuedSince ?? createdAt;
}

/**
 * The place that a plan leaves to the one that supersedes it: that in line, or the one that it had
 * taken over and was about to go by; `undefined` if it has none to leave.
 */
export function placeLeftBy({
  state,
  inLineSince,
  queuedSince,
}: Pick<Plan, 'state' | 'inLineSince' | 'queuedSince'>): string | undefined {
  return inLineSince ?? (state === 'PENDING' ? queuedSince : undefined);
}
