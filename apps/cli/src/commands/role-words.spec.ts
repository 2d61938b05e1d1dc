import { describe, expect, it } from '@jest/globals';
import { rolesIn, rolesOf } from './role-words.js';

describe('roles in words', () => {
  it.each([
    { words: ['sre'], held: { roles: ['sre'], grants: [] } },
    {
      words: ['viewer', 'sre@prod', 'developer@dev', 'viewer@prod', 'sre@prod'],
      held: {
        roles: ['viewer'],
        grants: [
          { environment: 'prod', roles: ['sre', 'viewer'] },
          { environment: 'dev', roles: ['developer'] },
        ],
      },
    },
  ])('$words', ({ words, held }) => {
    expect(rolesIn(words, {})).toEqual(held);
    expect(rolesIn(rolesOf(held).split(', '), {})).toEqual(held);
  });

  it('may be none, or those of before', () => {
    expect(rolesIn([], { none: true })).toEqual({ roles: [], grants: [] });
    expect(rolesIn([], { disable: true })).toBeUndefined();
  });

  it.each([
    { name: 'nothing', words: [], besides: {} },
    { name: 'roles and none', words: ['sre'], besides: { none: true } },
    { name: 'both at once', words: [], besides: { disable: true, enable: true } },
    { name: 'no role', words: ['@prod'], besides: {} },
    { name: 'no environment', words: ['sre@'], besides: {} },
    { name: 'two environments', words: ['sre@prod@dev'], besides: {} },
  ] as const)('have to say one thing: $name', ({ words, besides }) => {
    expect(() => rolesIn(words, besides)).toThrow(expect.objectContaining({ code: 3 }));
  });
});
