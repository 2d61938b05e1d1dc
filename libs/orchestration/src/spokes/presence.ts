import type { Presence } from '@apollo-deploy/domain';
import type { SpokeRecord } from '../ports/records.js';

/** How long after the last word a spoke counts as less than connected, in milliseconds. */
const STALE_AFTER_MS = 45_000;
const DISCONNECTED_AFTER_MS = 2 * 60_000;
const LOST_AFTER_MS = 15 * 60_000;

/** A spoke's presence at `now`. It says nothing about the outcome of any plan. */
export function presenceOf(
  spoke: Pick<SpokeRecord, 'revoked' | 'epoch' | 'connected' | 'lastSeenAt'>,
  now: Date,
): Presence {
  if (spoke.revoked) return 'revoked';
  if (spoke.lastSeenAt === undefined) return 'pending';
  const silentMs = now.getTime() - Date.parse(spoke.lastSeenAt);
  if (silentMs >= LOST_AFTER_MS) return 'lost';
  if (silentMs >= DISCONNECTED_AFTER_MS) return 'disconnected';
  if (silentMs >= STALE_AFTER_MS) return 'stale';
  return spoke.connected ? 'connected' : 'stale';
}
