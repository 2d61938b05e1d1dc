import { InvariantViolation } from '@apollo-deploy/kernel';
import { MINUTE_MS } from './calendar-day.js';
import type { WindowAnswer } from './window-answer.js';

/** Why a change does not begin although the window is open: it would not be done in time. */
export interface DoesNotFit {
  readonly mustFitMinutes: number;
  /** Whole minutes, rounded down. */
  readonly remainingMinutes: number;
  readonly openUntil: string;
  readonly message: string;
}

/**
 * Says no if an open window leaves less than `mustFitMinutes` from `at` to the end of the opening; what
 * is exactly enough fits. An opening without an end within 400 days leaves enough for everything.
 */
export function doesNotFit(
  { open, openUntil }: WindowAnswer,
  at: Date,
  mustFitMinutes: number,
): DoesNotFit | undefined {
  if (!open) throw new InvariantViolation('nothing fits a window that is not open');
  if (openUntil === undefined) return undefined;
  const remainingMs = Date.parse(openUntil) - at.getTime();
  if (remainingMs >= mustFitMinutes * MINUTE_MS) return undefined;
  const remainingMinutes = Math.floor(remainingMs / MINUTE_MS);
  const message = `the window closes at ${openUntil}: ${remainingMinutes} minutes are left and ${mustFitMinutes} are needed; it waits for an opening that is long enough`;
  return { mustFitMinutes, remainingMinutes, openUntil, message };
}
