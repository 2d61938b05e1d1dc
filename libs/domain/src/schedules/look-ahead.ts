import { DAY_MS } from './calendar-day.js';
import { HORIZON_MS } from './instant.js';
import type { CountedSpans } from './span.js';

/** So many edges are looked at, and those of today and tomorrow whatever their number. */
export const EDGES_AHEAD_MAX = 80_000;
const DAYS_AHEAD_MIN = 2;
const DAYS_AHEAD_MAX = HORIZON_MS / DAY_MS + 2;
const DAYS_KNOWN_MAX = 2048;

/**
 * How far ahead windows are looked at together. Edges are counted from the calendar, none is worked out:
 * the same windows on the same day give the same end, whatever was asked before.
 */
export class LookAhead {
  private readonly edgesOf = new Map<number, number>();

  private readonly isFew: boolean;

  constructor(private readonly all: readonly CountedSpans[]) {
    const starts = all.reduce((sum, { startsADay }) => sum + startsADay, 0);
    this.isFew = 2 * starts * DAYS_AHEAD_MAX <= EDGES_AHEAD_MAX;
  }

  /** Midnight in UTC at which looking ends; undefined if there is nothing in the way of 400 days. */
  endFrom(at: number): number | undefined {
    if (this.isFew) return undefined;
    const today = Math.floor(at / DAY_MS);
    let edges = 0;
    for (let ahead = 0; ahead < DAYS_AHEAD_MAX; ahead += 1) {
      edges += this.edgesOn(today + ahead);
      if (edges > EDGES_AHEAD_MAX && ahead >= DAYS_AHEAD_MIN) return (today + ahead) * DAY_MS;
    }
    return undefined;
  }

  private edgesOn(day: number): number {
    const known = this.edgesOf.get(day);
    if (known !== undefined) return known;
    if (this.edgesOf.size >= DAYS_KNOWN_MAX) this.edgesOf.clear();
    const edges = this.all.reduce((sum, spans) => sum + 2 * spans.startsOn(day), 0);
    this.edgesOf.set(day, edges);
    return edges;
  }
}
