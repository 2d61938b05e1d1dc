import { type CalendarDay, DAY_MS, dayOfWall, MINUTE_MS } from './calendar-day.js';
import type { ClockChangePolicy, StartRange } from './clock-change-policy.js';
import { type Cron, fallsOn } from './cron.js';
import type { TimeZone } from './time-zone.js';
import { isNearTransition, readWall } from './wall-reading.js';

/** When something starts, on which clock, and what that means when the clock changes. */
export interface Recurrence {
  readonly cron: Cron;
  readonly zone: TimeZone;
  readonly policy: ClockChangePolicy;
}

/** All starts of some days on end. */
export interface StartBlock {
  /** Ascending, distinct. */
  readonly ranges: readonly StartRange[];
  readonly nextDay: CalendarDay;
  /** Every start of later days is at or after this instant. */
  readonly knownUntil: number;
}

/** The starts of a recurrence, worked out in blocks of days, each when it is asked for. */
export class RecurringStarts {
  /** The ranges of a day without a clock change, as if the zone were UTC. */
  private readonly ordinaryDay: readonly StartRange[];

  /** Starts that are at most `joinMs` apart are given as one range. */
  constructor(
    private readonly recurrence: Recurrence,
    private readonly joinMs: number,
  ) {
    const starts = recurrence.cron.minutesOfDay.map((minute) => minute * MINUTE_MS);
    this.ordinaryDay = this.join(starts.map((start) => ({ from: start, to: start })));
  }

  /** A day early enough for every start at or after `at`, however the clock may have changed. */
  dayBefore(at: number): CalendarDay {
    return dayOfWall(at) - 3;
  }

  /**
   * The block that begins with `day`. One ordinary day is a block; days near a clock change form one
   * together, because there the starts of one day may come after those of the next.
   */
  blockFrom(day: CalendarDay): StartBlock {
    const { cron, zone } = this.recurrence;
    if (isNearTransition(zone, day * DAY_MS)) return this.unusualBlockFrom(day);
    const midnight = day * DAY_MS - zone.offsetAt(day * DAY_MS);
    const ranges = fallsOn(cron, day)
      ? this.ordinaryDay.map(({ from, to }) => ({ from: midnight + from, to: midnight + to }))
      : [];
    return { ranges, nextDay: day + 1, knownUntil: midnight + DAY_MS };
  }

  /** How many ranges a day has at most where the clock does not change. */
  get mostOnADay(): number {
    return this.ordinaryDay.length;
  }

  /** How many ranges a day has where the clock does not change. */
  countOn(day: CalendarDay): number {
    return fallsOn(this.recurrence.cron, day) ? this.ordinaryDay.length : 0;
  }

  private unusualBlockFrom(first: CalendarDay): StartBlock {
    const { cron, zone, policy } = this.recurrence;
    const ranges: StartRange[] = [];
    let day = first;
    for (; isNearTransition(zone, day * DAY_MS); day += 1) {
      if (!fallsOn(cron, day)) continue;
      for (const minute of cron.minutesOfDay) {
        ranges.push(...policy(readWall(zone, day * DAY_MS + minute * MINUTE_MS)));
      }
    }
    ranges.sort((a, b) => a.from - b.from);
    const knownUntil = day * DAY_MS - zone.offsetAt(day * DAY_MS);
    return { ranges: this.join(ranges), nextDay: day, knownUntil };
  }

  private join(ranges: readonly StartRange[]): readonly StartRange[] {
    const joined: StartRange[] = [];
    for (const range of ranges) {
      const last = joined.at(-1);
      if (last === undefined || range.from > last.to + this.joinMs) joined.push(range);
      else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    }
    return joined;
  }
}
