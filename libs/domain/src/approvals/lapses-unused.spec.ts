import { describe, expect, it } from '@jest/globals';
import { WindowSchedule } from '../schedules/window-schedule.js';
import { aMaintenanceWindow } from '../testing.js';
import { lapsesUnused } from './lapses-unused.js';

// Given on Wednesday 4 March 2026 at 23:50, valid for a day; the window opens on Friday at 05:50.
const BOB = { by: 'bob', expiresAt: '2026-03-05T23:50:00.000Z' };
const FRIDAY = { open: false, nextOpen: '2026-03-06T05:50:00.000Z' };

describe('an approval that lapses before the plan may begin', () => {
  it('is told of at once, with both instants', () => {
    expect(lapsesUnused(BOB, FRIDAY)).toEqual({
      expiresAt: '2026-03-05T23:50:00.000Z',
      opensAt: '2026-03-06T05:50:00.000Z',
      message:
        'the approval of bob lapses at 2026-03-05T23:50:00.000Z, and the plan cannot begin before 2026-03-06T05:50:00.000Z; bob has to approve again shortly before that',
    });
  });

  it('is told of as a real window says', () => {
    const weekly = new WindowSchedule({
      windows: [aMaintenanceWindow({ cron: '50 5 * * FRI' })],
      suppressions: [],
    });
    const window = weekly.evaluate(new Date('2026-03-04T23:50:00.000Z'));
    expect(lapsesUnused(BOB, window)).toEqual(lapsesUnused(BOB, FRIDAY));
    const lasting = { ...BOB, expiresAt: '2026-03-06T05:50:00.001Z' };
    expect(lapsesUnused(lasting, window)).toBeUndefined();
  });

  it.each([
    { name: 'the window opens as it lapses', nextOpen: BOB.expiresAt, told: true },
    { name: 'the window opens just before', nextOpen: '2026-03-05T23:49:59.999Z', told: false },
  ])('is told of: $told, where $name', ({ nextOpen, told }) => {
    expect(lapsesUnused(BOB, { open: false, nextOpen }) !== undefined).toBe(told);
  });

  it.each([
    { name: 'never lapses', approval: { by: 'bob' }, window: FRIDAY },
    { name: 'may be used now', approval: BOB, window: { open: true } },
    {
      name: 'lapses later than anybody looked ahead',
      approval: BOB,
      window: { open: false, searchedUntil: '2026-03-05T12:00:00.000Z' },
    },
  ])('is not one that $name', ({ approval, window }) => {
    expect(lapsesUnused(approval, window)).toBeUndefined();
  });

  it.each([
    {
      name: 'no window opens at all',
      window: { open: false },
      expected: 'before 400 days are over;',
    },
    {
      name: 'no window was found up to later',
      window: { open: false, searchedUntil: '2026-03-20T00:00:00.000Z' },
      expected: 'before 2026-03-20T00:00:00.000Z;',
    },
  ])('is told of where $name', ({ window, expected }) => {
    const told = lapsesUnused(BOB, window);
    expect(told).not.toHaveProperty('opensAt');
    expect(told?.message).toContain(expected);
  });

  it.each([
    { name: 'the rule holds later than the window opens', window: { open: true } },
    {
      name: 'the window opens before, too',
      window: { open: false, nextOpen: '2026-03-05T00:00:00.000Z' },
    },
  ])('is told of by the rule, where $name', ({ window }) => {
    const later = '2026-03-07T00:00:00.000Z';
    expect(lapsesUnused(BOB, window, later)).toMatchObject({ opensAt: later });
    expect(lapsesUnused(BOB, window, '2026-03-05T01:00:00.000Z')).toBeUndefined();
  });
});
