import { describe, expect, it } from '@jest/globals';
import { parseNamespace, parsePlanLabel, parseReleaseName } from './release-name.js';

const a = (length: number): string => 'a'.repeat(length);

describe('parseReleaseName', () => {
  it.each([
    { name: 'the longest name', value: a(53), expected: true },
    { name: 'one character more', value: a(54), expected: false },
    { name: 'nothing', value: '', expected: false },
    { name: 'one digit', value: '1', expected: true },
    { name: 'a dash inside', value: 'a-b', expected: true },
    { name: 'a dash in front, like a flag', value: '-a', expected: false },
    { name: 'a dash at the end', value: 'a-', expected: false },
    { name: 'capitals', value: 'Web', expected: false },
    { name: 'a dot', value: 'a.b', expected: false },
    { name: 'a way out', value: '..', expected: false },
    { name: 'a new line at the end', value: 'web\n', expected: false },
    { name: 'an option', value: '--post-renderer=x', expected: false },
    { name: 'two commands', value: 'a;b', expected: false },
    { name: 'a command in a command', value: '$(x)', expected: false },
    { name: 'backticks', value: '`x`', expected: false },
    { name: 'an invisible letter', value: 'we\u200bb', expected: false },
    { name: 'a turned word', value: '\u202eweb', expected: false },
  ])('answers $expected to $name', ({ value, expected }) => {
    expect(parseReleaseName(value).ok).toBe(expected);
  });
});

describe('parseNamespace', () => {
  it.each([
    { name: 'the longest name', value: a(63), expected: true },
    { name: 'one character more', value: a(64), expected: false },
    { name: 'a way out', value: '..', expected: false },
    { name: 'a slash', value: 'a/b', expected: false },
  ])('answers $expected to $name', ({ value, expected }) => {
    expect(parseNamespace(value).ok).toBe(expected);
  });
});

describe('parsePlanLabel', () => {
  it.each([
    { name: 'the longest id', value: a(63), expected: true },
    { name: 'one character more', value: a(64), expected: false },
    { name: 'a UUID', value: '0190d5b2-7c1e-7b7e-9f5e-3d1c2b4a5f60', expected: true },
    { name: 'a comma, which would be two labels', value: 'a,b=c', expected: false },
    { name: 'an underscore in front', value: '_a', expected: false },
    { name: 'nothing', value: '', expected: false },
  ])('answers $expected to $name', ({ value, expected }) => {
    expect(parsePlanLabel(value).ok).toBe(expected);
  });

  it('says what would do', () => {
    expect(parsePlanLabel('a b')).toMatchObject({
      error: {
        code: 'release/bad_plan_id',
        message: expect.stringContaining('use 1 to 63 letters'),
      },
    });
  });
});
