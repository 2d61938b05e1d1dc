import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';

const SHORTEST = 10;
const LONGEST = 500;

/**
 * The reason of a hotfix, without the white space around it: 10 to 500 characters are left, else it is
 * refused with `hotfix/reason`.
 */
export function hotfixReason(text: string): Result<string, Refusal> {
  const reason = text.trim();
  if (reason.length >= SHORTEST && reason.length <= LONGEST) return ok(reason);
  const detail =
    reason.length < SHORTEST
      ? `Hotfix requires a detailed reason (min ${String(SHORTEST)} characters)`
      : `the reason has ${String(reason.length)} characters; accepted are ${String(LONGEST)} at most: say the rest where you work on it`;
  return err(refusal('hotfix/reason', detail, { field: 'reason' }));
}
