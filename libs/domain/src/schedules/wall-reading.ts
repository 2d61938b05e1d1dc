import { DAY_MS } from './calendar-day.js';
import type { TimeZone } from './time-zone.js';

/** The instants at which a wall clock shows one time, in milliseconds since the epoch. */
export type WallReading =
  | { readonly kind: 'once'; readonly at: number }
  /** The clock was turned back over it. */
  | { readonly kind: 'twice'; readonly first: number; readonly second: number }
  /** The clock was turned forward over it, so it never shows it. */
  | {
      readonly kind: 'skipped';
      /** The first valid instant after the gap. */
      readonly resumesAt: number;
      readonly byOffsetBefore: number;
      readonly byOffsetAfter: number;
    };

/** A change can move a wall clock by a day (Apia left out one), and zones differ by half a day. */
const NEAR_MS = 2 * DAY_MS;

/** When the zone's wall clock shows `wall` (milliseconds since 1970-01-01T00:00 on that clock). */
export function readWall(zone: TimeZone, wall: number): WallReading {
  const transition = zone.transitionNear(wall, NEAR_MS);
  if (transition === undefined) return { kind: 'once', at: wall - zone.offsetAt(wall) };
  const { at, before, after } = transition;
  const byOffsetBefore = wall - before;
  const byOffsetAfter = wall - after;
  const isBefore = byOffsetBefore < at;
  const isAfter = byOffsetAfter >= at;
  if (isBefore && isAfter) return { kind: 'twice', first: byOffsetBefore, second: byOffsetAfter };
  if (isBefore) return { kind: 'once', at: byOffsetBefore };
  if (isAfter) return { kind: 'once', at: byOffsetAfter };
  return { kind: 'skipped', resumesAt: at, byOffsetBefore, byOffsetAfter };
}

/** Whether a change of the zone's offset may touch this wall time or the days around it. */
export function isNearTransition(zone: TimeZone, wall: number): boolean {
  return zone.transitionNear(wall + DAY_MS / 2, NEAR_MS + DAY_MS / 2) !== undefined;
}
