import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aMaintenanceWindow, aSuppressionWindow } from '../testing.js';
import { WindowSchedule } from './window-schedule.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** What a wall clock shows at each minute of a stretch, read from the runtime and nothing else. */
interface WallClock {
  readonly start: number;
  /** Minutes since 1970-01-01T00:00 on that clock, for each minute from `start` on. */
  readonly shows: readonly number[];
}

function readClock(timezone: string, start: number, days: number): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: 'numeric' },
    ...{ day: 'numeric', hour: 'numeric', minute: 'numeric' },
  });
  const shows = Array.from({ length: days * 1440 }, (_, minute) => {
    const text = format.format(start + minute * MINUTE);
    const [month = 0, day = 0, year = 0, hour = 0, min = 0] = (text.match(/\d+/g) ?? []).map(
      Number,
    );
    return Date.UTC(year, month - 1, day, hour, min) / MINUTE;
  });
  return { start, shows };
}

/** Which of the numbers from `first` to 59 a field has; `first` is the lowest it may have. */
function numbersOf(field: string, first: number): ReadonlySet<number> {
  const has = (item: string, value: number) => {
    const [range = '', step = '1'] = item.split('/');
    const [low = NaN, high = low] = range === '*' ? [first, 59] : range.split('-').map(Number);
    return value >= low && value <= high && (value - low) % Number(step) === 0;
  };
  const numbers = Array.from({ length: 60 }, (_, value) => value);
  return new Set(numbers.filter((value) => field.split(',').some((item) => has(item, value))));
}

/** Whether a minute of a wall clock is a start. */
function starts(cron: string): (wall: number) => boolean {
  const [minute = '', hour = '', dayOfMonth = '', month = '', weekday = ''] = cron.split(' ');
  const [minutes, hours, weekdays] = [minute, hour, weekday].map((text) => numbersOf(text, 0));
  const [days, months] = [dayOfMonth, month].map((text) => numbersOf(text, 1));
  const either = dayOfMonth !== '*' && weekday !== '*';
  return (wall) => {
    if (minutes?.has(wall % 60) !== true || hours?.has(Math.floor(wall / 60) % 24) !== true) {
      return false;
    }
    const date = new Date(wall * MINUTE);
    const inMonth = days?.has(date.getUTCDate()) === true;
    const inWeek = weekdays?.has(date.getUTCDay()) === true;
    const isDay = either ? inMonth || inWeek : inMonth && inWeek;
    return isDay && months?.has(date.getUTCMonth() + 1) === true;
  };
}

/** For each minute of the clock, whether something that lasts so long from these minutes is on. */
function marked(
  length: number,
  stretches: readonly (readonly [number, number])[],
): readonly boolean[] {
  const marks = new Array<boolean>(length).fill(false);
  for (const [start, end] of stretches) marks.fill(true, Math.max(start, 0), Math.max(end, 0));
  return marks;
}

/** Minute by minute: an allow window by the wall clock's readings. */
function bruteAllowed({ shows }: WallClock, cron: string, duration: number): readonly boolean[] {
  const everyHour = /[*/]/.test(cron.split(' ')[1] ?? '');
  const isStart = starts(cron);
  const seen = new Set<number>();
  const found: number[] = [];
  shows.forEach((wall, minute) => {
    const previous = shows[minute - 1] ?? wall - 1;
    let starting = isStart(wall) && (everyHour || !seen.has(wall));
    for (let skipped = previous + 1; !everyHour && skipped < wall; skipped += 1) {
      starting ||= isStart(skipped);
    }
    seen.add(wall);
    if (starting) found.push(minute);
  });
  return marked(
    shows.length,
    found.map((start) => [start, start + duration] as const),
  );
}

/** Minute by minute: a suppression by every reading of its starts. */
function bruteSuppressed({ shows }: WallClock, cron: string, duration: number): readonly boolean[] {
  const isStart = starts(cron);
  const firstSeen = new Map<number, number>();
  const stretches: [number, number][] = [];
  shows.forEach((wall, minute) => {
    if (!firstSeen.has(wall)) firstSeen.set(wall, minute);
    if (isStart(wall)) stretches.push([firstSeen.get(wall) ?? minute, minute + duration]);
    const previous = shows[minute - 1] ?? wall - 1;
    for (let skipped = previous + 1; skipped < wall; skipped += 1) {
      if (!isStart(skipped)) continue;
      stretches.push([minute - (wall - skipped), minute + (skipped - previous - 1) + duration]);
    }
  });
  return marked(shows.length, stretches);
}

/** The stretches of open minutes; the ones that touch the end of the scan are left out. */
function edgesOf(open: readonly boolean[], from: number): readonly (readonly [number, boolean])[] {
  return open.flatMap((is, minute) =>
    minute > from && is !== open[minute - 1] ? [[minute, is] as const] : [],
  );
}

/** The same edges from the answers, going from edge to edge. */
function answeredEdges(
  schedule: WindowSchedule,
  from: number,
  to: number,
): readonly (readonly [number, boolean])[] {
  const edges: (readonly [number, boolean])[] = [];
  for (let at = from; ;) {
    const { open, openUntil, nextOpen } = schedule.evaluate(new Date(at));
    const next = Date.parse(openUntil ?? nextOpen ?? '9999-01-01T00:00:00Z');
    if (next >= to) return edges;
    edges.push([next, !open]);
    at = next;
  }
}

/** Days before the stretch under test, so that a window that began earlier is known. */
const LEAD = 3;

const minuteField = fc.oneof(
  fc.constantFrom('*', '0', '30', '59', '*/7', '*/15', '0,30', '10-50/20', '1', '45'),
  fc.integer({ min: 0, max: 59 }).map(String),
);
const hourField = fc.constantFrom(
  ...['0', '1', '2', '3', '23', '0,1,2', '1-3', '22-23', '0-23'],
  ...['*', '*', '*/2', '*/3', '1-5/2', '*/23', '0,*/6'],
);
const dayFields = fc.constantFrom(
  ...['* * *', '* * *', '* * 0', '* * 6,0', '*/2 * *', '30 * *', '1-8 * 1', '* 3,4,9,10,11,12 *'],
);
const someCron = fc
  .tuple(minuteField, hourField, dayFields)
  .map(([minute, hour, days]) => `${minute} ${hour} ${days}`);
const someDuration = fc.constantFrom(1, 2, 15, 30, 59, 60, 61, 90, 180, 600, 1439, 1440, 1500);

interface Stretch {
  readonly name: string;
  readonly timezone: string;
  readonly around: string;
}

const CLOCK_CHANGES: readonly Stretch[] = [
  { name: 'spring in New York', timezone: 'America/New_York', around: '2026-03-08' },
  { name: 'autumn in New York', timezone: 'America/New_York', around: '2026-11-01' },
  { name: 'spring in London', timezone: 'Europe/London', around: '2027-03-28' },
  { name: 'autumn in London', timezone: 'Europe/London', around: '2025-10-26' },
  {
    name: 'half an hour forward on Lord Howe',
    timezone: 'Australia/Lord_Howe',
    around: '2026-10-04',
  },
  { name: 'half an hour back on Lord Howe', timezone: 'Australia/Lord_Howe', around: '2026-04-05' },
  { name: 'no midnight in Santiago', timezone: 'America/Santiago', around: '2026-09-06' },
  { name: 'two late evenings in Santiago', timezone: 'America/Santiago', around: '2026-04-05' },
  { name: 'the missing day of Apia', timezone: 'Pacific/Apia', around: '2011-12-30' },
  {
    name: 'the start of Ramadan in Casablanca',
    timezone: 'Africa/Casablanca',
    around: '2026-02-15',
  },
  { name: 'the end of Ramadan in Casablanca', timezone: 'Africa/Casablanca', around: '2026-03-22' },
  {
    name: 'a midnight that comes twice in St John’s',
    timezone: 'America/St_Johns',
    around: '2010-11-07',
  },
  {
    name: 'no half past midnight in St John’s',
    timezone: 'America/St_Johns',
    around: '2011-03-13',
  },
  { name: 'three hours back at Casey', timezone: 'Antarctica/Casey', around: '2010-03-05' },
  {
    name: 'the turn of the year on Kiritimati',
    timezone: 'Pacific/Kiritimati',
    around: '1994-12-31',
  },
];

const ZONES = [
  ...['UTC', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago'],
  ...['Asia/Kolkata', 'Pacific/Apia', 'Africa/Casablanca', 'Europe/Dublin', 'Asia/Gaza'],
];

function compare(clock: WallClock, timezone: string, cron: string, durationMinutes: number): void {
  const from = clock.start + LEAD * DAY;
  const to = clock.start + (clock.shows.length - 2 * 1440) * MINUTE;
  const timed = { cron, timezone, durationMinutes };
  const inScan = (edges: readonly (readonly [number, boolean])[]) =>
    edges
      .map(([minute, open]) => [clock.start + minute * MINUTE, open] as const)
      .filter(([at]) => at < to);
  const allow = new WindowSchedule({ windows: [aMaintenanceWindow(timed)], suppressions: [] });
  expect(answeredEdges(allow, from, to)).toEqual(
    inScan(edgesOf(bruteAllowed(clock, cron, durationMinutes), LEAD * 1440)),
  );
  const forbid = new WindowSchedule({ windows: [], suppressions: [aSuppressionWindow(timed)] });
  const suppressed = bruteSuppressed(clock, cron, durationMinutes);
  expect(answeredEdges(forbid, from, to)).toEqual(
    inScan(
      edgesOf(
        suppressed.map((is) => !is),
        LEAD * 1440,
      ),
    ),
  );
}

describe('windows and a scan of every minute agree', () => {
  it.each(CLOCK_CHANGES)('in $name', ({ timezone, around }) => {
    const clock = readClock(timezone, Date.parse(`${around}T00:00:00Z`) - (LEAD + 2) * DAY, 10);
    fc.assert(
      fc.property(someCron, someDuration, (cron, duration) => {
        compare(clock, timezone, cron, duration);
      }),
      { numRuns: 40 },
    );
  });

  it('in any week of any year', () => {
    const anyWeek = fc.integer({ min: 0, max: 67 * 52 }).map((week) => week * 7 * DAY);
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        anyWeek,
        fc.array(fc.tuple(someCron, someDuration), { minLength: 5, maxLength: 5 }),
        (timezone, start, windows) => {
          const clock = readClock(timezone, start, LEAD + 9);
          for (const [cron, duration] of windows) compare(clock, timezone, cron, duration);
        },
      ),
      { numRuns: 15 },
    );
  });
});
