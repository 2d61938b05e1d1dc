import { describe, expect, it } from '@jest/globals';
import { followsRule, NAME_RULES } from './names.js';

describe('names', () => {
  it.each([
    { rule: 'name', text: 'a', follows: true },
    { rule: 'name', text: 'a'.repeat(63), follows: true },
    { rule: 'name', text: 'a'.repeat(64), follows: false },
    { rule: 'namespace', text: 'team-a', follows: true },
    { rule: 'namespace', text: '..', follows: false },
    { rule: 'releaseName', text: 'a'.repeat(53), follows: true },
    { rule: 'releaseName', text: 'a'.repeat(54), follows: false },
    { rule: 'releaseName', text: '-f', follows: false },
    { rule: 'name', text: '', follows: false },
    { rule: 'name', text: 'Upper', follows: false },
    { rule: 'name', text: 'a_b', follows: false },
    { rule: 'name', text: 'a\n', follows: false },
    { rule: 'name', text: 'ends-', follows: false },
    { rule: 'name', text: '$(x)', follows: false },
  ] as const)('$text as a $rule: $follows', ({ rule, text, follows }) => {
    expect(followsRule(text, NAME_RULES[rule])).toBe(follows);
  });
});
