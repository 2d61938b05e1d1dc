import { DAY_MS } from './calendar-day.js';

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

/** The RFC 3339 text of an instant, in UTC. */
export function formatInstant(at: number): string {
  return new Date(at).toISOString();
}
