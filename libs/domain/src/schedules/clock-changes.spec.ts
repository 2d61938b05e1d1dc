import { describe, expect, it } from '@jest/globals';
import { aMaintenanceWindow, aSuppressionWindow } from '../testing.js';
import type { WindowFields } from './window-fields.js';
import { WindowSchedule } from './window-schedule.js';

/** The stretches of `[from, to)` in which the answer is `open`, whole, from the answers alone. */
function stretches(
  { schedule, open }: { schedule: WindowSchedule; open: boolean },
  from: string,
  to: string,
): readonly string[] {
  const found: string[] = [];
  const short = (instant: string) => instant.slice(5, 16);
  for (let at = `${from}:00.000Z`; ;) {
    const answer = schedule.evaluate(new Date(at));
    const end = answer.openUntil ?? answer.nextOpen;
    if (answer.open === open && end !== undefined) found.push(`${short(at)} to ${short(end)}`);
    if (end === undefined || end >= to) return found;
    at = end;
  }
}

function allowed(window: WindowFields, from: string, to: string): readonly string[] {
  const windows = [aMaintenanceWindow({ durationMinutes: 30, ...window })];
  const schedule = new WindowSchedule({ windows, suppressions: [] });
  return stretches({ schedule, open: true }, from, to);
}

function suppressed(window: WindowFields, from: string, to: string): readonly string[] {
  const suppressions = [aSuppressionWindow({ durationMinutes: 30, ...window })];
  const schedule = new WindowSchedule({ windows: [], suppressions });
  return stretches({ schedule, open: false }, from, to);
}

interface Row {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly durationMinutes?: number;
  readonly from: string;
  readonly to: string;
  readonly expected: readonly string[];
}

const NEW_YORK = 'America/New_York';
const SPRING = { timezone: NEW_YORK, from: '2026-03-08T04:00', to: '2026-03-08T14:00' };
const AUTUMN = { timezone: NEW_YORK, from: '2026-11-01T03:00', to: '2026-11-01T14:00' };

const ALLOWED: readonly Row[] = [
  {
    name: 'a window across the gap lasts its elapsed time',
    ...SPRING,
    cron: '0 1 * * *',
    durationMinutes: 180,
    expected: ['03-08T06:00 to 03-08T09:00'],
  },
  {
    name: 'a fixed start in the gap moves to the first valid instant after it',
    ...SPRING,
    cron: '15 2 * * *',
    expected: ['03-08T07:00 to 03-08T07:30'],
  },
  {
    name: 'all fixed starts in the gap move to the same instant and count once',
    ...SPRING,
    cron: '*/10 2 * * *',
    expected: ['03-08T07:00 to 03-08T07:30'],
  },
  {
    name: 'a fixed start that moves onto another counts once',
    ...SPRING,
    cron: '0 2,3 * * *',
    expected: ['03-08T07:00 to 03-08T07:30'],
  },
  {
    name: 'a wildcard hour has no start in the gap',
    ...SPRING,
    cron: '30 * * * *',
    to: '2026-03-08T08:00',
    expected: [
      '03-08T04:30 to 03-08T05:00',
      '03-08T05:30 to 03-08T06:00',
      '03-08T06:30 to 03-08T07:00',
      '03-08T07:30 to 03-08T08:00',
    ],
  },
  {
    name: 'a stepped hour leaves out the start that the gap swallows',
    ...SPRING,
    cron: '0 */2 * * *',
    to: '2026-03-08T12:00',
    expected: [
      '03-08T05:00 to 03-08T05:30',
      '03-08T08:00 to 03-08T08:30',
      '03-08T10:00 to 03-08T10:30',
    ],
  },
  {
    name: 'a fixed start in the repeated hour opens once, at its first occurrence',
    ...AUTUMN,
    cron: '30 1 * * *',
    expected: ['11-01T05:30 to 11-01T06:00'],
  },
  {
    name: 'a window that ends in the repeated hour does not reopen',
    ...AUTUMN,
    cron: '30 0 * * *',
    durationMinutes: 60,
    expected: ['11-01T04:30 to 11-01T05:30'],
  },
  {
    name: 'a wildcard hour starts in both occurrences of the repeated hour',
    ...AUTUMN,
    cron: '30 * * * *',
    to: '2026-11-01T07:00',
    expected: [
      '11-01T03:30 to 11-01T04:00',
      '11-01T04:30 to 11-01T05:00',
      '11-01T05:30 to 11-01T06:00',
      '11-01T06:30 to 11-01T07:00',
    ],
  },
  {
    name: 'a stepped hour starts in both occurrences of the repeated hour',
    ...AUTUMN,
    cron: '0 1-5/2 * * *',
    expected: [
      '11-01T05:00 to 11-01T05:30',
      '11-01T06:00 to 11-01T06:30',
      '11-01T08:00 to 11-01T08:30',
      '11-01T10:00 to 11-01T10:30',
    ],
  },
  {
    name: 'a day of elapsed time ends an hour early by the clock when that is turned back',
    ...AUTUMN,
    cron: '0 0 * * SUN,MON',
    durationMinutes: 1440,
    to: '2026-11-03T12:00',
    expected: ['11-01T04:00 to 11-02T04:00', '11-02T05:00 to 11-03T05:00'],
  },
  {
    name: 'the first valid instant after a gap of half an hour is half past',
    cron: '15 2 * * *',
    timezone: 'Australia/Lord_Howe',
    from: '2026-10-03T12:00',
    to: '2026-10-04T00:00',
    expected: ['10-03T15:30 to 10-03T16:00'],
  },
  {
    name: 'a start in a repeated half hour opens at its first occurrence',
    cron: '45 1 * * *',
    timezone: 'Australia/Lord_Howe',
    from: '2026-04-04T12:00',
    to: '2026-04-05T00:00',
    expected: ['04-04T14:45 to 04-04T15:15'],
  },
  {
    name: 'a midnight that does not exist is one in the morning',
    cron: '0 0 * * *',
    timezone: 'America/Santiago',
    from: '2026-09-05T12:00',
    to: '2026-09-06T12:00',
    expected: ['09-06T04:00 to 09-06T04:30'],
  },
  {
    name: 'an evening hour that is repeated before midnight opens once',
    cron: '30 23 * * SAT',
    timezone: 'America/Santiago',
    from: '2026-04-04T12:00',
    to: '2026-04-05T12:00',
    expected: ['04-05T02:30 to 04-05T03:00'],
  },
  {
    name: 'minutes around a midnight that comes twice are in order of time',
    cron: '1,59 */23 * * *',
    timezone: 'America/St_Johns',
    durationMinutes: 1,
    from: '2010-11-07T00:00',
    to: '2010-11-07T05:00',
    // 00:01 becomes 23:01 of the day before.
    expected: [
      '11-07T01:31 to 11-07T01:32',
      '11-07T02:29 to 11-07T02:30',
      '11-07T02:31 to 11-07T02:32',
      '11-07T03:29 to 11-07T03:30',
      '11-07T03:31 to 11-07T03:32',
      '11-07T04:29 to 11-07T04:30',
    ],
  },
  {
    name: 'the day that Apia left out opens at the first instant of the next',
    cron: '0 2 30 12 *',
    timezone: 'Pacific/Apia',
    from: '2011-12-28T00:00',
    to: '2012-01-02T00:00',
    expected: ['12-30T10:00 to 12-30T10:30'],
  },
  {
    name: 'a wildcard hour does not happen on the day that Apia left out',
    cron: '0 */12 30 12 *',
    timezone: 'Pacific/Apia',
    from: '2011-12-28T00:00',
    to: '2012-01-02T00:00',
    expected: [],
  },
  {
    name: 'clocks that go back for Ramadan repeat an hour in February',
    cron: '30 2 * * *',
    timezone: 'Africa/Casablanca',
    from: '2026-02-14T12:00',
    to: '2026-02-15T12:00',
    expected: ['02-15T01:30 to 02-15T02:00'],
  },
  {
    name: 'clocks that go forward after Ramadan leave out an hour in March',
    cron: '30 2 * * *',
    timezone: 'Africa/Casablanca',
    from: '2026-03-21T12:00',
    to: '2026-03-22T12:00',
    expected: ['03-22T02:00 to 03-22T02:30'],
  },
  {
    name: 'a zone of half hours without changes stays half past',
    cron: '0 2 * * *',
    timezone: 'Asia/Kolkata',
    from: '2026-03-28T12:00',
    to: '2026-03-30T00:00',
    expected: ['03-28T20:30 to 03-28T21:00', '03-29T20:30 to 03-29T21:00'],
  },
];

const SUPPRESSED: readonly Row[] = [
  {
    name: 'from the earliest reading of a start in the gap to the end of the latest',
    ...SPRING,
    cron: '30 2 * * *',
    expected: ['03-08T06:30 to 03-08T08:00'],
  },
  {
    name: 'over both occurrences of a repeated start and the time between',
    ...AUTUMN,
    cron: '30 1 * * *',
    expected: ['11-01T05:30 to 11-01T07:00'],
  },
  {
    name: 'every reading of a wildcard hour too',
    ...AUTUMN,
    cron: '30 */23 * * *',
    durationMinutes: 10,
    to: '2026-11-02T05:00',
    expected: [
      '11-01T03:30 to 11-01T03:40',
      '11-01T04:30 to 11-01T04:40',
      '11-02T04:30 to 11-02T04:40',
    ],
  },
  {
    name: 'a day around the day that Apia left out',
    cron: '0 2 30 12 *',
    timezone: 'Pacific/Apia',
    from: '2011-12-28T00:00',
    to: '2012-01-02T00:00',
    expected: ['12-29T12:00 to 12-30T12:30'],
  },
  {
    name: 'half an hour more in the gap of half an hour',
    cron: '15 2 * * *',
    timezone: 'Australia/Lord_Howe',
    from: '2026-10-03T12:00',
    to: '2026-10-04T00:00',
    expected: ['10-03T15:15 to 10-03T16:15'],
  },
  {
    name: 'the usual time on a usual day',
    cron: '30 2 * * *',
    timezone: NEW_YORK,
    from: '2026-03-09T00:00',
    to: '2026-03-10T00:00',
    expected: ['03-09T06:30 to 03-09T07:00'],
  },
];

describe('a maintenance window when clocks change', () => {
  it.each(ALLOWED)('$name', ({ from, to, expected, name, ...window }) => {
    expect(allowed(window, from, to)).toEqual(expected);
  });
});

describe('a recurring suppression when clocks change covers', () => {
  it.each(SUPPRESSED)('$name', ({ from, to, expected, name, ...window }) => {
    expect(suppressed(window, from, to)).toEqual(expected);
  });
});
