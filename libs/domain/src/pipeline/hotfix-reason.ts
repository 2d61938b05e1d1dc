import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';

const SHORTEST = 10;
const LONGEST = 500;

/** What takes no place on a screen, or looks like a blank: formats, fillers, Braille without a dot. */
const UNSEEN = /[\p{Cf}\u115F\u1160\u2800\u3164\uFFA0]/gu;
/** What a terminal obeys instead of showing it; lines and tabs are text. */
const CONTROL = /(?![\n\r\t])\p{Cc}/u;

/**
 * The reason of a hotfix, without the white space around it: 10 characters that can be seen to 500 are left,
 * and none that a terminal obeys, else it is refused with `hotfix/reason`.
 */
export function hotfixReason(text: string): Result<string, Refusal> {
  const reason = text.trim();
  const detail = whyNot(reason);
  return detail === undefined
    ? ok(reason)
    : err(refusal('hotfix/reason', detail, { field: 'reason' }));
}

function whyNot(reason: string): string | undefined {
  if (reason.replaceAll(UNSEEN, '').trim().length < SHORTEST) {
    return `Hotfix requires a detailed reason (min ${String(SHORTEST)} characters)`;
  }
  if (CONTROL.test(reason)) {
    return 'the reason has control characters, which a terminal may obey; send it as plain text';
  }
  return reason.length <= LONGEST
    ? undefined
    : `the reason has ${String(reason.length)} characters; accepted are ${String(LONGEST)} at most: say the rest where you work on it`;
}
