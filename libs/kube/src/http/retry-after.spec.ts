import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

describe('how long a server wants to be left alone', () => {
  it.each([
    { name: 'is told in seconds', said: '7', expected: 7000 },
    { name: 'is a minute at most', said: '3600', expected: 60_000 },
    { name: 'is nothing where it does not say', said: undefined, expected: 0 },
    { name: 'is nothing where it says a date', said: 'Sun, 22 Nov 2026 10:00:00 GMT', expected: 0 },
  ])('$name', ({ said, expected }) => {
    expect(retryAfterMs({ headers: said === undefined ? {} : { 'retry-after': said } })).toBe(
      expected,
    );
  });
});
