import { type CalendarDay, DAY_MS, dayOfWall, MINUTE_MS } from './calendar-day.js';

/** How far ahead anybody is told about openings. */
export const HORIZON_MS = 400 * DAY_MS;

export const ACCEPTED_INSTANT =
  'an instant such as 2026-03-01T12:00:00Z (RFC 3339), in the years 1970 to 9990';
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const LAST_YEAR = 9990;

/**
 * Milliseconds since the epoch of an RFC 3339 text; undefined if it is none or names a day or second
 * that does not exist.
 */
export function parseInstant(text: string): number | undefined {
  const [match, year, month, day] = RFC_3339.exec(text) ?? [];
  if (match === undefined) return undefined;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day))
    return undefined;
  const at = Date.parse(text);
  return at >= 0 && Number(year) <= LAST_YEAR ? at : undefined;
}

/** The RFC 3339 text of an instant, in UTC, with milliseconds; as `Date.toISOString`, only cheaper. */
export function formatInstant(at: number): string {
  const sinceMidnight = at - dayOfWall(at) * DAY_MS;
  // Windows begin and end on whole minutes, and answers about them are written all the time.
  if (sinceMidnight % MINUTE_MS !== 0) return new Date(at).toISOString();
  return dateOf(dayOfWall(at)) + timeOf(sinceMidnight / MINUTE_MS);
}

/** `2026-03-01T`, by the day. */
const dates = new Map<CalendarDay, string>();
const DATES_MAX = 2048;
/** `12:00:00.000Z`, by the minute of the day. */
const times: string[] = [];

function dateOf(day: CalendarDay): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_MS).toISOString();
  const date = text.slice(0, text.indexOf('T') + 1);
  if (dates.size >= DATES_MAX) dates.clear();
  dates.set(day, date);
  return date;
}

function timeOf(minute: number): string {
  const known = times[minute];
  if (known !== undefined) return known;
  const text = new Date(minute * MINUTE_MS).toISOString();
  const time = text.slice(text.indexOf('T') + 1);
  times[minute] = time;
  return time;
}
