import { describe, expect, it } from '@jest/globals';
import { shorten } from './shorten.js';

describe('a text shown to people', () => {
  it.each([
    { name: 'is whole where it is short', text: 'abc', expected: 'abc' },
    { name: 'is whole at 80', text: 'a'.repeat(80), expected: 'a'.repeat(80) },
    { name: 'is cut to 80 beyond', text: 'a'.repeat(81), expected: `${'a'.repeat(77)}...` },
  ])('$name', ({ text, expected }) => {
    expect(shorten(text)).toBe(expected);
  });
});
