import { err, ok } from '@apollo-deploy/kernel';
import { describe, expect, it } from '@jest/globals';
import { type DayRange, parseDayRange } from './day-range.js';

const NOON = '2026-03-10T12:00:00.000Z';
const ACCEPTED = 'accepted is a UTC day such as 2026-03-01, or an instant in it (RFC 3339)';

describe('a range of days', () => {
  const RANGES: { name: string; given: Partial<DayRange>; now?: string; expected: string[] }[] = [
    { name: 'the last 30 with today', given: {}, expected: ['2026-02-09', '2026-03-11'] },
    {
      name: 'the last 30 in the first moment of a day',
      given: {},
      now: '2026-03-10T00:00:00.000Z',
      expected: ['2026-02-09', '2026-03-11'],
    },
    {
      name: 'from a day on',
      given: { from: '2026-03-10' },
      expected: ['2026-03-10', '2026-03-11'],
    },
    {
      name: '30 up to a day',
      given: { to: '2026-03-01' },
      expected: ['2026-01-30', '2026-03-01'],
    },
    {
      name: 'one day',
      given: { from: '2026-03-01', to: '2026-03-02' },
      expected: ['2026-03-01', '2026-03-02'],
    },
    {
      name: 'the days of two instants, where the second is no midnight',
      given: { from: '2026-03-01T23:59:59Z', to: '2026-03-02T00:00:00.001Z' },
      expected: ['2026-03-01', '2026-03-03'],
    },
    {
      name: 'the days of two instants, where the second is a midnight',
      given: { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' },
      expected: ['2026-03-01', '2026-03-02'],
    },
    {
      name: 'days in UTC, however an instant is written',
      given: { from: '2026-03-01T01:00:00+02:00', to: '2026-03-02' },
      expected: ['2026-02-28', '2026-03-02'],
    },
    {
      name: 'as many as 400',
      given: { from: '2025-02-04', to: '2026-03-11' },
      expected: ['2025-02-04', '2026-03-11'],
    },
  ];
  it.each(RANGES)('is $name', ({ given, now = NOON, expected: [from, to] }) => {
    expect(parseDayRange(given, new Date(now))).toEqual(ok({ from, to }));
  });

  const REFUSED: { name: string; given: Partial<DayRange>; field: string; detail: string }[] = [
    {
      name: 'no day',
      given: { from: 'yesterday' },
      field: 'from',
      detail: `from is "yesterday"; ${ACCEPTED}`,
    },
    {
      name: 'a day that does not exist',
      given: { to: '2026-02-29' },
      field: 'to',
      detail: `to is "2026-02-29"; ${ACCEPTED}`,
    },
    { name: 'nothing', given: { from: '' }, field: 'from', detail: `from is ""; ${ACCEPTED}` },
    {
      name: 'an empty range',
      given: { from: '2026-03-01', to: '2026-03-01' },
      field: 'to',
      detail: 'to is "2026-03-01"; accepted is a day after 2026-03-01, which is from',
    },
    {
      name: 'a range that is the wrong way round',
      given: { from: '2026-03-02', to: '2026-03-01' },
      field: 'to',
      detail: 'to is "2026-03-01"; accepted is a day after 2026-03-02, which is from',
    },
    {
      name: 'tomorrow without an end',
      given: { from: '2026-03-11' },
      field: 'from',
      detail: 'from is "2026-03-11"; accepted is today or earlier, or one with a later to',
    },
    {
      name: 'more than 400 days',
      given: { from: '2025-02-03', to: '2026-03-11' },
      field: 'from',
      detail:
        'from is "2025-02-03"; accepted is 2025-02-04 or later, as a range has at most 400 days',
    },
  ];
  it.each(REFUSED)('is not $name', ({ given, field, detail }) => {
    expect(parseDayRange(given, new Date(NOON))).toEqual(err({ field, detail }));
  });
});
