export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** A day on a wall calendar, counted from 1970-01-01; belongs to no zone. */
export type CalendarDay = number;

/** The day on which a wall clock shows `wall` (milliseconds since 1970-01-01T00:00 on that clock). */
export function dayOfWall(wall: number): CalendarDay {
  return Math.floor(wall / DAY_MS);
}
