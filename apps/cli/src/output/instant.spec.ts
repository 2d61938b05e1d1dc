import { describe, expect, it } from '@jest/globals';
import { instantOf } from './instant.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');

describe('an instant that a person gives', () => {
  it.each([
    { text: '30m', instant: '2026-03-01T12:30:00.000Z' },
    { text: '8h', instant: '2026-03-01T20:00:00.000Z' },
    { text: '366d', instant: '2027-03-02T12:00:00.000Z' },
    { text: '2026-03-08T00:00:00+01:00', instant: '2026-03-08T00:00:00+01:00' },
    { text: '8 hours', instant: '8 hours' },
    { text: '-1h', instant: '-1h' },
  ])('$text', ({ text, instant }) => {
    expect(instantOf(text, NOW)).toBe(instant);
  });
});
