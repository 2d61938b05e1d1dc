import { describe, expect, it } from '@jest/globals';
import { aMaintenanceWindow } from '../testing.js';
import { occurrences } from './occurrences.js';
import type { WindowFields } from './window-fields.js';

function starts(window: WindowFields, from: string, to: string): string {
  const found = occurrences(aMaintenanceWindow(window), new Date(from), new Date(to));
  return found.map((at) => at.toISOString().slice(5, 16)).join(' ');
}

describe('occurrences', () => {
  it.each([
    {
      name: 'include a start at the first instant',
      from: '2026-03-07T02:00:00Z',
      to: '2026-03-08T00:00:00Z',
      expected: '03-07T02:00',
    },
    {
      name: 'leave out a start a millisecond earlier',
      from: '2026-03-07T02:00:00.001Z',
      to: '2026-03-08T00:00:00Z',
      expected: '',
    },
    {
      name: 'leave out a start at the last instant',
      from: '2026-03-07T00:00:00Z',
      to: '2026-03-07T02:00:00Z',
      expected: '',
    },
    {
      name: 'include a start a millisecond before the last instant',
      from: '2026-03-07T00:00:00Z',
      to: '2026-03-07T02:00:00.001Z',
      expected: '03-07T02:00',
    },
    {
      name: 'are none in an empty range',
      from: '2026-03-07T02:00:00Z',
      to: '2026-03-07T02:00:00Z',
      expected: '',
    },
    {
      name: 'are none in a range that runs backwards',
      from: '2026-03-08T02:00:00Z',
      to: '2026-03-07T00:00:00Z',
      expected: '',
    },
  ])('$name', ({ from, to, expected }) => {
    expect(starts({}, from, to)).toBe(expected);
  });

  it('stay apart although the openings are one', () => {
    const hourly = { cron: '0 * * * *', durationMinutes: 120 };
    expect(starts(hourly, '2026-03-07T00:00:00Z', '2026-03-07T03:00:00Z')).toBe(
      '03-07T00:00 03-07T01:00 03-07T02:00',
    );
  });

  it('that coincide after a clock change count once', () => {
    const twice = { cron: '0,30 2,3 * * *', timezone: 'America/New_York', durationMinutes: 10 };
    expect(starts(twice, '2026-03-08T00:00:00Z', '2026-03-09T00:00:00Z')).toBe(
      '03-08T07:00 03-08T07:30',
    );
  });

  it('are the same however a year is cut into ranges', () => {
    const window = aMaintenanceWindow({ cron: '30 1 * * *', timezone: 'Europe/London' });
    const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index));
    const whole = occurrences(window, day(0), day(365));
    const cuts = Array.from({ length: 365 }, (_, index) =>
      occurrences(window, day(index), day(index + 1)),
    );
    expect(whole).toHaveLength(365);
    expect(cuts.flat()).toEqual(whole);
  });

  it('are not worked out for more than 400 days at a time', () => {
    expect(() => starts({}, '2026-01-01T00:00:00Z', '2027-02-05T00:00:00.001Z')).toThrow(
      '400 days',
    );
    expect(() => starts({}, '2026-01-01T00:00:00Z', '2027-02-05T00:00:00.000Z')).not.toThrow();
  });
});
