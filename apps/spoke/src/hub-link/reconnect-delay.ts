import type { IncomingHttpHeaders } from 'node:http';
import { parseJson } from '@apollo-deploy/kernel';
import { CLOSE_CODES } from '@apollo-deploy/protocol';
import { fieldsOf } from '../state/fields.js';

/** How a connection ended, or why none came about. */
export interface ConnectionEnd {
  /** Close code of the socket; of a refused upgrade the code its HTTP status stands for; else null. */
  readonly code: number | null;
  readonly reason: string;
  /** What the hub asked for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The hub has refused the upgrade. */
  readonly refusal?: UpgradeRefusal;
}

/** What the hub says to a token that it refuses. */
export interface UpgradeRefusal {
  /** What time it is there; null: it did not say. */
  readonly hubTime: Date | null;
  /** It knows no such key of this spoke: the time has nothing to do with it. */
  readonly keyIsUnknown: boolean;
}

const LONGEST_DETAIL = 1024;
/** The code of the problem for a token that no key of this spoke has signed. */
const UNKNOWN_KEY = 'spoke/unauthenticated';
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

/** An HTTP answer to the upgrade. */
export interface UpgradeAnswer {
  readonly status: number;
  readonly headers: Readonly<Pick<IncomingHttpHeaders, 'date' | 'retry-after'>>;
  readonly body: string;
}

/** What an HTTP answer other than 101 to the upgrade means for the next attempt. */
export function refusedUpgrade({ status, headers, body }: UpgradeAnswer, now: Date): ConnectionEnd {
  const retryAfterMs = parseRetryAfter(headers['retry-after'], now);
  const hubTime = new Date(headers.date ?? NaN);
  const { detail: said, code } = problemIn(body);
  const what = `the hub answered the upgrade with HTTP ${status}`;
  return {
    code: MEANING_OF_STATUS[status] ?? null,
    reason: said === undefined ? what : `${what}: ${said}`,
    refusal: {
      hubTime: Number.isNaN(hubTime.getTime()) ? null : hubTime,
      keyIsUnknown: code === UNKNOWN_KEY,
    },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Sentence and code of a problem (RFC 9457); absent if that is none. */
function problemIn(body: string): { readonly detail?: string; readonly code?: string } {
  const { detail, code } = fieldsOf(parseJson(body));
  return {
    ...(typeof detail === 'string' && { detail: detail.slice(0, LONGEST_DETAIL) }),
    ...(typeof code === 'string' && { code }),
  };
}

/** Seconds or an HTTP date (RFC 9110), in milliseconds from now and at most ten minutes. */
function parseRetryAfter(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), HOPELESS_WINDOW_MS);
}
