import { CLOSE_CODES } from '@apollo-deploy/protocol';

/** How a connection ended, or why none came about. */
export interface ConnectionEnd {
  /** Close code of the socket; of a refused upgrade the code its HTTP status stands for; else null. */
  readonly code: number | null;
  readonly reason: string;
  /** What the hub asked for, in milliseconds. */
  readonly retryAfterMs?: number;
}

const FIRST_WINDOW_MS = 1000;
const LONGEST_WINDOW_MS = 60_000;
/** Nothing but a person changes these answers, so asking often only costs the hub. */
const HOPELESS_WINDOW_MS = 10 * 60_000;

const LEAST_WINDOW_MS: Readonly<Record<number, number>> = {
  [CLOSE_CODES.unauthenticated]: LONGEST_WINDOW_MS,
  [CLOSE_CODES.superseded]: LONGEST_WINDOW_MS,
  [CLOSE_CODES.revoked]: HOPELESS_WINDOW_MS,
  [CLOSE_CODES.unsupportedVersion]: HOPELESS_WINDOW_MS,
};

/**
 * How long to wait before the next attempt, in milliseconds. Full jitter over a window that doubles
 * from one second to one minute with each failure in a row; refusals that time alone does not heal
 * wait the second half of a longer window. Never sooner than the hub asked for. `chance` is evenly
 * spread over 0 ≤ x < 1.
 */
export function reconnectDelay(
  failuresInARow: number,
  end: ConnectionEnd | null,
  chance: number,
): number {
  const window = Math.min(LONGEST_WINDOW_MS, FIRST_WINDOW_MS * 2 ** failuresInARow);
  const least = end?.code == null ? undefined : LEAST_WINDOW_MS[end.code];
  const delay = least === undefined ? chance * window : least * (0.5 + chance / 2);
  const asked = end?.retryAfterMs;
  return asked === undefined ? delay : Math.max(delay, asked + chance * FIRST_WINDOW_MS);
}

const MEANING_OF_STATUS: Readonly<Record<number, number>> = {
  401: CLOSE_CODES.unauthenticated,
  403: CLOSE_CODES.revoked,
  426: CLOSE_CODES.unsupportedVersion,
  503: CLOSE_CODES.overloaded,
};

/** What an HTTP answer other than 101 to the upgrade means for the next attempt. */
export function refusedUpgrade(
  status: number,
  retryAfter: string | undefined,
  now: Date,
): ConnectionEnd {
  const retryAfterMs = parseRetryAfter(retryAfter, now);
  return {
    code: MEANING_OF_STATUS[status] ?? null,
    reason: `the hub answered the upgrade with HTTP ${status}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Seconds or an HTTP date (RFC 9110), in milliseconds from now and at most ten minutes. */
function parseRetryAfter(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), HOPELESS_WINDOW_MS);
}
