import { type CalendarDay, DAY_MS } from './calendar-day.js';
import { type Recurrence, RecurringStarts } from './recurring-starts.js';
import { type CountedSpans, cut, type Span } from './span.js';

/** Beyond this many known spans the oldest are forgotten. */
const MAX_KNOWN = 4096;
/** Asking further ahead than this begins anew instead of working out everything between. */
const MAX_LEAP_MS = 60 * DAY_MS;

/**
 * The spans of a recurrence that lasts `durationMs` of elapsed time from each start. They are worked
 * out from the instants that are asked for, going forward, each once; asking again costs a search.
 * Going back, or far ahead, begins anew and gives the same answers.
 */
export class RecurringSpans implements CountedSpans {
  edgesComputed = 0;
  private readonly recurringStarts: RecurringStarts;
  private starts: number[] = [];
  private ends: number[] = [];
  /** All spans that end after `knownFrom` and start before `knownUntil` are known. */
  private knownFrom = Infinity;
  private knownUntil = -Infinity;
  private nextDay: CalendarDay = 0;

  constructor(
    recurrence: Recurrence,
    private readonly durationMs: number,
  ) {
    this.recurringStarts = new RecurringStarts(recurrence, durationMs);
  }

  first(from: number, until: number): Span | undefined {
    if (from < this.knownFrom || from > this.knownUntil + MAX_LEAP_MS) this.beginAt(from);
    if (this.starts.length > MAX_KNOWN) this.forgetBefore(from);
    for (;;) {
      const index = this.indexAfter(from);
      const start = this.starts[index] ?? until;
      const end = this.ends[index] ?? Infinity;
      // The last span may go on in days that are not known yet.
      if (end < this.knownUntil || this.knownUntil >= until)
        return cut({ start, end }, from, until);
      this.learnMore();
    }
  }

  get startsADay(): number {
    return this.recurringStarts.mostOnADay;
  }

  startsOn(day: CalendarDay): number {
    return this.recurringStarts.countOn(day);
  }

  private beginAt(at: number): void {
    this.starts = [];
    this.ends = [];
    this.knownFrom = at;
    this.nextDay = this.recurringStarts.dayBefore(at - this.durationMs);
    this.knownUntil = -Infinity;
  }

  private forgetBefore(at: number): void {
    const index = this.indexAfter(at);
    if (this.starts.length - index > MAX_KNOWN / 2) {
      this.beginAt(at);
      return;
    }
    this.starts.splice(0, index);
    this.ends.splice(0, index);
    this.knownFrom = at;
  }

  private learnMore(): void {
    const { ranges, nextDay, knownUntil } = this.recurringStarts.blockFrom(this.nextDay);
    for (const range of ranges) this.learn(range.from, range.to + this.durationMs);
    this.nextDay = nextDay;
    this.knownUntil = knownUntil;
  }

  private learn(start: number, end: number): void {
    if (end <= this.knownFrom) return;
    const last = this.ends.length - 1;
    const lastEnd = this.ends[last];
    if (lastEnd !== undefined && start <= lastEnd) {
      this.ends[last] = Math.max(lastEnd, end);
      return;
    }
    this.starts.push(start);
    this.ends.push(end);
    this.edgesComputed += 2;
  }

  /** The index of the first known span that ends after `at`. */
  private indexAfter(at: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ends[middle] ?? Infinity) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
