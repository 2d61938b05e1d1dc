import { Refused } from '../http/refused.js';

/** For how long a request waits for the end of what it asks for, if it does not say. */
export const DEFAULT_WAIT_SECONDS = 60;
/** Whoever asks for longer gets this. */
export const LONGEST_WAIT_SECONDS = 300;

/** For how long the answer may wait. */
export interface WaitPreference {
  readonly seconds: number;
  /** For the header `Preference-Applied`; absent: nobody has asked. */
  readonly applied?: string;
}

/**
 * Reads `Prefer: wait=N` (RFC 7240), in whole seconds; other preferences are not looked at. Of several
 * the first counts. More than 300 is 300. Refused with 400 is what is no whole number of seconds.
 */
export function preferredWait(header: string | undefined): WaitPreference {
  const text = header === undefined ? undefined : waitIn(header);
  if (text === undefined) return { seconds: DEFAULT_WAIT_SECONDS };
  if (!/^\d{1,9}$/.test(text)) {
    throw new Refused('http/invalid_request', {
      detail: `Prefer asks to wait for ${JSON.stringify(text.slice(0, 40))}; accepted is a whole number of seconds, such as wait=60; more than ${String(LONGEST_WAIT_SECONDS)} counts as ${String(LONGEST_WAIT_SECONDS)}`,
      field: 'Prefer',
    });
  }
  const seconds = Math.min(Number(text), LONGEST_WAIT_SECONDS);
  return { seconds, applied: `wait=${String(seconds)}` };
}

/** What the first `wait` of a header is set to, without quotes; empty if to nothing. */
function waitIn(header: string): string | undefined {
  for (const preference of header.split(',')) {
    const [token = ''] = preference.split(';');
    const [name = '', ...value] = token.split('=');
    if (name.trim().toLowerCase() !== 'wait') continue;
    const text = value.join('=').trim();
    return /^"(.*)"$/.exec(text)?.[1] ?? text;
  }
  return undefined;
}
