import { describe, expect, it } from '@jest/globals';
import { checkValues } from './check-values.js';

function nested(levels: number): Record<string, never> {
  return JSON.parse(`${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}`) as Record<string, never>;
}

describe('values', () => {
  it.each([
    { name: 'the largest exact integer', values: { a: 9_007_199_254_740_991 } },
    { name: 'a fraction', values: { a: 0.1 } },
    { name: '64 levels', values: nested(64) },
    { name: '256 KiB', values: { a: 'x'.repeat(256 * 1024 - 8) } },
  ])('are accepted with $name', ({ values }) => {
    expect(checkValues(values)).toBeUndefined();
  });

  it.each([
    {
      name: 'an integer that would change',
      values: { db: { account: Number.MAX_SAFE_INTEGER + 1 } },
      detail:
        'values.db.account is a number that JSON readers do not keep exactly; write it as text, in quotes',
    },
    {
      name: 'a number beyond all bounds',
      values: { a: [Infinity] },
      detail:
        'values.a.0 is a number that JSON readers do not keep exactly; write it as text, in quotes',
    },
    {
      name: 'broken text',
      values: { a: '\ud800' },
      detail: 'values hold text that is not valid Unicode',
    },
    {
      name: 'what a deployment tells a chart',
      values: { apollo: { rollout: { strategy: 'canary' } } },
      detail:
        'values.apollo.rollout is what a deployment tells a chart while its strategy is under way; take it out, and ask for the strategy (POST /deploy)',
    },
    {
      name: '65 levels',
      values: nested(65),
      detail: 'values nest deeper than 64 levels; flatten them',
    },
    {
      name: 'a byte more than 256 KiB',
      values: { a: 'x'.repeat(256 * 1024 - 7) },
      detail: 'values take 262145 bytes as JSON; at most 262144 are accepted',
    },
  ])('are refused with $name', ({ values, detail }) => {
    expect(checkValues(values)).toMatchObject({ field: 'values', detail });
  });
});
