import type { CalendarDay } from './calendar-day.js';

/** Half-open `[start, end)`, in milliseconds since the epoch. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A set of instants made of half-open spans, looked at piece by piece. */
export interface Spans {
  /**
   * The first stretch of the set within `[from, until)`, cut to it, as long as it can be: overlapping
   * and adjoining spans are one. Undefined if the set has nothing there. An `end` of `until` may go on.
   */
  first(from: number, until: number): Span | undefined;
}

/** A set that works its spans out as it is asked. */
export interface CountedSpans extends Spans {
  /** How many spans begin again on a day at most, about. */
  readonly startsADay: number;
  /** About how many spans begin again on a day of the wall clock, without working them out. */
  startsOn(day: CalendarDay): number;
  /** How many edges were worked out so far. */
  readonly edgesComputed: number;
}

export function covers(spans: Spans, at: number): boolean {
  return spans.first(at, at + 1) !== undefined;
}

/** The first instant after `at` at which `spans` begins or ends; `until` if there is none before it. */
export function nextEdge(spans: Spans, at: number, until: number): number {
  const span = spans.first(at, until);
  if (span === undefined) return until;
  return span.start > at ? span.start : span.end;
}

export function cut({ start, end }: Span, from: number, until: number): Span | undefined {
  const inside = { start: Math.max(start, from), end: Math.min(end, until) };
  return inside.start < inside.end ? inside : undefined;
}

/** One span; nothing has to be worked out. */
export function oneSpan(span: Span): CountedSpans {
  return new OneSpan(span);
}

class OneSpan implements CountedSpans {
  readonly edgesComputed = 0;
  readonly startsADay = 0;

  constructor(private readonly span: Span) {}

  first(from: number, until: number): Span | undefined {
    return cut(this.span, from, until);
  }

  startsOn(): number {
    return 0;
  }
}
