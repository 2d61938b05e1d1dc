import type { Presence } from '@apollo-deploy/domain';
import type { SpokeRecord } from '../ports/records.js';

/** How long after the last word a spoke counts as less than connected, in milliseconds. */
const STALE_AFTER_MS = 45_000;
const DISCONNECTED_AFTER_MS = 2 * 60_000;
const LOST_AFTER_MS = 15 * 60_000;
/** For this long after its own start a hub takes nobody for gone: it was not there to hear them. */
const GRACE_MS = 3 * 60_000;

/** What presence is judged by. */
export interface PresenceFacts {
  readonly now: Date;
  /** When the judging replica started. */
  readonly startedAt: Date;
}

/** A spoke's presence at an instant. It says nothing about the outcome of any plan. */
export function presenceOf(
  spoke: Pick<SpokeRecord, 'revoked' | 'connected' | 'lastSeenAt'>,
  { now, startedAt }: PresenceFacts,
): Presence {
  if (spoke.revoked) return 'revoked';
  if (spoke.lastSeenAt === undefined) return 'pending';
  const silentMs = now.getTime() - Date.parse(spoke.lastSeenAt);
  const mayJudge = now.getTime() - startedAt.getTime() >= GRACE_MS;
  if (mayJudge && silentMs >= LOST_AFTER_MS) return 'lost';
  if (mayJudge && silentMs >= DISCONNECTED_AFTER_MS) return 'disconnected';
  if (silentMs >= STALE_AFTER_MS) return 'stale';
  return spoke.connected ? 'connected' : 'stale';
}
