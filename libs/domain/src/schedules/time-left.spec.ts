import { describe, expect, it } from '@jest/globals';
import { doesNotFit } from './time-left.js';

const OPEN = { open: true, because: [], openUntil: '2026-03-07T06:00:00.000Z' };

describe('a change that must fit into what is left of a window', () => {
  it.each([
    { name: 'fits into exactly enough', at: '2026-03-07T05:30:00.000Z', expected: undefined },
    { name: 'does not fit a millisecond later', at: '2026-03-07T05:30:00.001Z', expected: 29 },
    { name: 'does not fit at the last instant', at: '2026-03-07T05:59:59.999Z', expected: 0 },
  ])('$name', ({ at, expected }) => {
    expect(doesNotFit(OPEN, new Date(at), 30)?.remainingMinutes).toBe(expected);
  });

  it('is told the numbers', () => {
    expect(doesNotFit(OPEN, new Date('2026-03-07T05:48:00Z'), 30)).toEqual({
      mustFitMinutes: 30,
      remainingMinutes: 12,
      openUntil: OPEN.openUntil,
      message:
        'the window closes at 2026-03-07T06:00:00.000Z: 12 minutes are left and 30 are needed; it waits for an opening that is long enough',
    });
  });

  it('fits into an opening without an end', () => {
    const endless = { open: true, because: [] };
    expect(doesNotFit(endless, new Date('2026-03-07T05:48:00Z'), 100_000)).toBeUndefined();
  });

  it('is no question while the window is shut', () => {
    const shut = { open: false, because: [] };
    expect(() => doesNotFit(shut, new Date('2026-03-07T05:48:00Z'), 1)).toThrow('not open');
  });
});
