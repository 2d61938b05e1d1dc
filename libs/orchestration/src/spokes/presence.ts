import type { Presence } from '@apollo-deploy/domain';
import type { SpokeRecord } from '../ports/records.js';

/** When a spoke that says nothing is judged differently; in milliseconds. */
export const PRESENCE_LIMITS = {
  /** How long after its last word it counts as less than connected. */
  staleAfterMs: 45_000,
  disconnectedAfterMs: 2 * 60_000,
  lostAfterMs: 15 * 60_000,
  /** For this long after its own start a hub takes nobody for gone: it was not there to hear them. */
  graceMs: 3 * 60_000,
} as const;

/** What presence is judged by. */
export interface PresenceFacts {
  readonly now: Date;
  /** When the judging replica started. */
  readonly startedAt: Date;
}

/** A spoke's presence at an instant. It says nothing about the outcome of any plan. */
export function presenceOf(
  spoke: Pick<SpokeRecord, 'revoked' | 'credential' | 'connected' | 'lastSeenAt' | 'hello'>,
  { now, startedAt }: PresenceFacts,
): Presence {
  if (spoke.revoked) return 'revoked';
  const isLeftOut = spoke.credential !== undefined && spoke.credential.acceptedAt === undefined;
  if (isLeftOut || spoke.lastSeenAt === undefined) return 'pending';
  const { staleAfterMs, disconnectedAfterMs, lostAfterMs, graceMs } = PRESENCE_LIMITS;
  const silentMs = now.getTime() - Date.parse(spoke.lastSeenAt);
  const mayJudge = now.getTime() - startedAt.getTime() >= graceMs;
  if (mayJudge && silentMs >= lostAfterMs) return 'lost';
  if (mayJudge && silentMs >= disconnectedAfterMs) return 'disconnected';
  if (silentMs >= staleAfterMs) return 'stale';
  // One that cannot see its cluster is there, and has nothing to say.
  const speaks = spoke.connected && spoke.hello?.blindSince === undefined;
  return speaks ? 'connected' : 'stale';
}
