import { describe, expect, it } from '@jest/globals';
import { fitCloseFrame } from './close-reason.js';

describe('the reason in a close frame', () => {
  it.each([
    { name: 'a short one', reason: 'no hello', expected: 'no hello' },
    { name: 'one of 123 bytes', reason: 'x'.repeat(123), expected: 'x'.repeat(123) },
    { name: 'one of 124 bytes', reason: 'x'.repeat(124), expected: 'x'.repeat(123) },
    { name: 'a character on the edge', reason: 'x'.repeat(122) + 'é', expected: 'x'.repeat(122) },
  ])('fits, with no character cut in half: $name', ({ reason, expected }) => {
    expect(fitCloseFrame(reason)).toBe(expected);
  });
});
