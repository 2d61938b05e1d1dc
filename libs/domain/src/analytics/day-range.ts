import { ok, type Result } from '@apollo-deploy/kernel';
import { DAY_MS } from '../schedules/calendar-day.js';
import { type FieldRefusal, refuseField } from '../schedules/field-refusal.js';
import { parseInstant } from '../schedules/instant.js';

const MAX_DAYS = 400;
const DEFAULT_DAYS = 30;

/** Ends the sentence "accepted is …" for an end of a range. */
export const ACCEPTED_DAY = 'a UTC day such as 2026-03-01, or an instant in it (RFC 3339)';

/** Whole UTC days as `YYYY-MM-DD`; `from` is in it, `to` is not. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/**
 * The days that a range of days or instants touches, at most 400. An instant stands for its whole
 * day, as nothing is kept that is finer. Absent: up to and with today, and 30 days in all.
 */
export function parseDayRange(
  { from, to }: Readonly<Partial<DayRange>>,
  now: Date,
): Result<DayRange, FieldRefusal> {
  const end = to === undefined ? now.getTime() + 1 : parseDayOrInstant(to);
  if (end === undefined) return refuseField('to', refused('to', to, ACCEPTED_DAY));
  const until = Math.ceil(end / DAY_MS) * DAY_MS;
  const start = from === undefined ? until - DEFAULT_DAYS * DAY_MS : parseDayOrInstant(from);
  if (start === undefined) return refuseField('from', refused('from', from, ACCEPTED_DAY));
  const since = Math.floor(start / DAY_MS) * DAY_MS;
  if (since >= until) {
    return to === undefined
      ? refuseField('from', refused('from', from, `today or earlier, or one with a later to`))
      : refuseField('to', refused('to', to, `a day after ${dayOf(since)}, which is from`));
  }
  if (until - since > MAX_DAYS * DAY_MS) {
    const earliest = dayOf(until - MAX_DAYS * DAY_MS);
    const accepted = `${earliest} or later, as a range has at most ${MAX_DAYS} days`;
    return refuseField('from', refused('from', from, accepted));
  }
  return ok({ from: dayOf(since), to: dayOf(until) });
}

function parseDayOrInstant(text: string): number | undefined {
  return parseInstant(text) ?? parseInstant(`${text}T00:00:00Z`);
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function refused(field: string, given: string | undefined, accepted: string): string {
  return `${field} is ${JSON.stringify(given)}; accepted is ${accepted}`;
}
