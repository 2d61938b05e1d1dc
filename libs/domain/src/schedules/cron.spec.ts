import { describe, expect, it } from '@jest/globals';
import { DAY_MS } from './calendar-day.js';
import { type Cron, fallsOn, parseCron } from './cron.js';

function cron(text: string): Cron {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

/** The times of day at which it starts, as a clock shows them. */
function times(text: string): string {
  const minutes = cron(text).minutesOfDay.map((minute) => {
    const two = (value: number) => String(value).padStart(2, '0');
    return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  });
  return minutes.join(' ');
}

/** The days of March 2026 (which begins on a Sunday) or another month on which it falls. */
function days(text: string, month = '2026-03'): string {
  const first = Date.parse(`${month}-01T00:00:00Z`) / DAY_MS;
  const inMonth = Array.from({ length: 31 }, (_, index) => first + index).filter((day) =>
    new Date(day * DAY_MS).toISOString().startsWith(month),
  );
  return inMonth
    .filter((day) => fallsOn(cron(text), day))
    .map((day) => new Date(day * DAY_MS).getUTCDate())
    .join(' ');
}

describe('a cron expression', () => {
  it.each([
    { name: 'a minute of an hour', text: '5 2 * * *', expected: '02:05' },
    { name: 'a list', text: '0,30 2,14 * * *', expected: '02:00 02:30 14:00 14:30' },
    { name: 'a list in no order, with doubles', text: '30,0,30 2 * * *', expected: '02:00 02:30' },
    { name: 'a range', text: '0 8-10 * * *', expected: '08:00 09:00 10:00' },
    { name: 'a step over everything', text: '*/20 3 * * *', expected: '03:00 03:20 03:40' },
    { name: 'a step over a range', text: '0 8-13/2 * * *', expected: '08:00 10:00 12:00' },
    { name: 'the last minute of a day', text: '59 23 * * *', expected: '23:59' },
    { name: 'a leading zero', text: '05 02 * * *', expected: '02:05' },
    { name: 'tabs and several spaces', text: ' 5\t2  *  * * ', expected: '02:05' },
  ])('reads $name', ({ text, expected }) => {
    expect(times(text)).toBe(expected);
  });

  it.each([
    { name: 'a weekday by number', text: '0 0 * * 6', expected: '7 14 21 28' },
    { name: 'a weekday by name, in any case', text: '0 0 * * Sat', expected: '7 14 21 28' },
    { name: 'Sunday as 0', text: '0 0 * * 0', expected: '1 8 15 22 29' },
    { name: 'Sunday as 7', text: '0 0 * * 7', expected: '1 8 15 22 29' },
    { name: 'a range up to 7', text: '0 0 * * 6-7', expected: '1 7 8 14 15 21 22 28 29' },
    { name: 'Saturday to Sunday', text: '0 0 * * SAT-SUN', expected: '1 7 8 14 15 21 22 28 29' },
    { name: 'Sunday to Monday', text: '0 0 * * SUN-MON', expected: '1 2 8 9 15 16 22 23 29 30' },
    { name: 'a day of the month', text: '0 0 31 * *', expected: '31' },
    { name: 'a month by name', text: '0 0 1 jan-mar *', expected: '1' },
    { name: 'another month', text: '0 0 * APR *', expected: '' },
    { name: 'either day field, if both restrict', text: '0 0 13 * FRI', expected: '6 13 20 27' },
    {
      name: 'a stepped day as a restriction',
      text: '0 0 */10 * MON',
      expected: '1 2 9 11 16 21 23 30 31',
    },
    {
      name: 'a full list as a restriction',
      text: '0 0 31 * 0-3',
      expected: '1 2 3 4 8 9 10 11 15 16 17 18 22 23 24 25 29 30 31',
    },
    { name: 'an impossible date or a weekday', text: '0 0 31 2,3 TUE', expected: '3 10 17 24 31' },
  ])('falls on $name', ({ text, expected }) => {
    expect(days(text)).toBe(expected);
  });

  it('falls on 29 February in leap years only', () => {
    expect(days('0 0 29 2 *', '2028-02')).toBe('29');
    expect(days('0 0 29 2 *', '2026-02')).toBe('');
  });

  it.each([
    { name: 'an hour', text: '0 2 * * *', everyHour: false },
    { name: 'a list of hours', text: '0 1,2 * * *', everyHour: false },
    { name: 'a range of hours', text: '0 0-23 * * *', everyHour: false },
    { name: 'a wildcard', text: '30 * * * *', everyHour: true },
    { name: 'a step', text: '30 */2 * * *', everyHour: true },
    { name: 'a stepped range', text: '30 1-5/2 * * *', everyHour: true },
    { name: 'stepped minutes of an hour', text: '*/5 2 * * *', everyHour: false },
  ])('counts every matching instant: $everyHour for $name', ({ text, everyHour }) => {
    expect(cron(text).everyHour).toBe(everyHour);
  });

  it.each([
    { text: '', saying: 'five fields' },
    { text: '* * * *', saying: 'five fields' },
    { text: '0 0 2 * * *', saying: 'five fields' },
    { text: '@daily', saying: 'five fields' },
    { text: '60 * * * *', saying: 'minute "60"' },
    { text: '-1 * * * *', saying: 'minute "-1"' },
    { text: '1.5 * * * *', saying: 'minute "1.5"' },
    { text: '0x1 * * * *', saying: 'minute "0x1"' },
    { text: '1, * * * *', saying: 'minute ""' },
    { text: '0 24 * * *', saying: 'hour "24"' },
    { text: '0 2? * * *', saying: 'hour "2?"' },
    { text: '0 H * * *', saying: 'hour "H"' },
    { text: '0 0 0 * *', saying: 'day-of-month "0"' },
    { text: '0 0 32 * *', saying: 'day-of-month "32"' },
    { text: '0 0 L * *', saying: 'day-of-month "L"' },
    { text: '0 0 15W * *', saying: 'day-of-month "15W"' },
    { text: '0 0 ? * 1', saying: 'day-of-month "?"' },
    { text: '0 0 * 13 *', saying: 'month "13"' },
    { text: '0 0 * JANUARY *', saying: 'month "JANUARY"' },
    { text: '0 0 * MON *', saying: 'month "MON"' },
    { text: '0 0 * * 8', saying: 'day-of-week "8"' },
    { text: '0 0 * * 5#2', saying: 'day-of-week "5#2"' },
    { text: '0 22-2 * * *', saying: 'runs backwards' },
    { text: '0 0 * * FRI-MON', saying: 'runs backwards' },
    { text: '5/15 * * * *', saying: 'a step follows * or a range' },
    { text: '*/0 * * * *', saying: 'from 1 to 60' },
    { text: '*/61 * * * *', saying: 'from 1 to 60' },
    { text: '*/ * * * *', saying: 'from 1 to 60' },
    { text: '*/2/2 * * * *', saying: 'minute "*/2/2"' },
    { text: '1-2-3 * * * *', saying: 'minute "1-2-3"' },
    { text: '*-5 * * * *', saying: 'minute "*-5"' },
    { text: '0 0 31 2 *', saying: 'never comes' },
    { text: '0 0 31 4,6,9,11 *', saying: 'never comes' },
    { text: `${'0,'.repeat(200)}0 * * * *`, saying: 'at most 256' },
  ])('refuses "$text"', ({ text, saying }) => {
    const parsed = parseCron(text);
    expect(parsed.ok ? '' : parsed.error).toContain(saying);
  });
});
