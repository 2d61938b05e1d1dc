import { InvariantViolation } from '@apollo-deploy/kernel';
import { DAY_MS } from './calendar-day.js';

/** An instant at which a zone's offset from UTC changes, in milliseconds; so are the offsets. */
export interface Transition {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** What is known of one UTC year and a week on either side. */
interface YearTable {
  readonly start: number;
  readonly end: number;
  readonly firstOffset: number;
  readonly transitions: readonly Transition[];
}

/**
 * Offsets are looked up this far apart. A zone may change and change back within a week (Recife in
 * October 2000: 6 days 23 hours), so a week would miss it; no zone has done so within 6 days since 1970.
 */
const SAMPLE_MS = 3 * DAY_MS;
const MARGIN_MS = 7 * DAY_MS;
/** Years kept per zone; asking for more years than that costs time, never a wrong answer. */
const MAX_YEARS = 64;

/** Wall clocks of one IANA zone. Offsets come from the runtime's zone data, looked up once a year. */
export class TimeZone {
  private readonly years = new Map<number, YearTable>();
  private latest: YearTable | undefined;

  constructor(private readonly format: Intl.DateTimeFormat) {}

  /** How far the wall clock is ahead of UTC at an instant, in milliseconds. */
  offsetAt(at: number): number {
    const { firstOffset, transitions } = this.tableOf(at);
    let offset = firstOffset;
    for (const transition of transitions) {
      if (transition.at > at) break;
      offset = transition.after;
    }
    return offset;
  }

  /** The change of offset less than `margin` (at most 3 days) away from an instant, if there is one. */
  transitionNear(at: number, margin: number): Transition | undefined {
    return this.tableOf(at).transitions.find((transition) => Math.abs(transition.at - at) < margin);
  }

  private tableOf(at: number): YearTable {
    const { latest } = this;
    if (latest !== undefined && at >= latest.start && at < latest.end) return latest;
    const year = new Date(at).getUTCFullYear();
    const table = this.years.get(year) ?? this.readYear(year);
    this.latest = table;
    return table;
  }

  private readYear(year: number): YearTable {
    const start = Date.UTC(year, 0);
    const end = Date.UTC(year + 1, 0);
    const transitions: Transition[] = [];
    const firstOffset = this.readOffset(start - MARGIN_MS);
    let before = firstOffset;
    for (let at = start - MARGIN_MS; at < end + MARGIN_MS; at += SAMPLE_MS) {
      const after = this.readOffset(at + SAMPLE_MS);
      if (after !== before) transitions.push(this.findTransition(at, { before, after }));
      before = after;
    }
    const table = { start, end, firstOffset, transitions };
    if (this.years.size >= MAX_YEARS) this.years.clear();
    this.years.set(year, table);
    return table;
  }

  /** The one change within `SAMPLE_MS` after `from`, by bisection; offsets change on whole seconds. */
  private findTransition(from: number, offsets: Omit<Transition, 'at'>): Transition {
    let low = from / 1000;
    let high = (from + SAMPLE_MS) / 1000;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.readOffset(middle * 1000) === offsets.before) low = middle;
      else high = middle;
    }
    return { at: high * 1000, ...offsets };
  }

  private readOffset(at: number): number {
    const text = this.format.format(at);
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
    if (match === null) throw new InvariantViolation(`no offset from UTC can be read in "${text}"`);
    const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = match;
    const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -size : size;
  }
}

/** Offsets are facts about the world, the same for every caller: one table a zone serves all. */
const ZONES = new Map<string, TimeZone>();
/** Zone names of three letters. The runtime knows others, such as IST, which nobody can be sure of. */
const SHORT_NAMES = 'UTC GMT UCT EST MST HST WET CET MET EET PRC ROC ROK'.split(' ');

/** The IANA zone of this name, in any case of letters; undefined if there is none. */
export function findTimeZone(name: string): TimeZone | undefined {
  const key = name.toUpperCase();
  const known = ZONES.get(key);
  if (known !== undefined) return known;
  if (!/^[A-Z][A-Z0-9_+\-/]{1,63}$/.test(key) || key.startsWith('SYSTEMV/')) return undefined;
  if (key.length === 3 && !SHORT_NAMES.includes(key)) return undefined;
  const format = formatIn(name);
  if (format === undefined) return undefined;
  const zone = new TimeZone(format);
  ZONES.set(key, zone);
  return zone;
}

function formatIn(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}
