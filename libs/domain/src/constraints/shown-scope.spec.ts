import { describe, expect, it } from '@jest/globals';
import type { Scope } from './scope.js';
import { isShown, scopeShownTo, shownScope } from './shown-scope.js';

const ENVIRONMENTS = new Map([
  ['web-dev', 'dev'],
  ['web-prod', 'prod'],
]);

describe('what somebody who sees dev alone is shown of a scope', () => {
  it.each<{ name: string; scope: Scope; expected: Scope | undefined }>([
    { name: 'of all plans: all of it', scope: {}, expected: {} },
    {
      name: 'of a product and a tier: all of it',
      scope: { tiers: ['production'], products: ['web'] },
      expected: { tiers: ['production'], products: ['web'] },
    },
    {
      name: 'of dev: all of it',
      scope: { environments: ['dev'] },
      expected: { environments: ['dev'] },
    },
    {
      name: 'of prod: not that it is there',
      scope: { environments: ['prod'] },
      expected: undefined,
    },
    {
      name: 'of both: their own part',
      scope: { environments: ['prod', 'dev'], labels: { team: 'shop' } },
      expected: { environments: ['dev'], labels: { team: 'shop' } },
    },
    {
      name: 'of an entity in prod: not that it is there',
      scope: { entities: ['web-prod'] },
      expected: undefined,
    },
    {
      name: 'of entities in both: their own',
      scope: { entities: ['web-dev', 'web-prod'] },
      expected: { entities: ['web-dev'] },
    },
    {
      name: 'of an entity that nobody knows: not that it is there',
      scope: { entities: ['gone'] },
      expected: undefined,
    },
    {
      name: 'of dev and an entity in prod: not that it is there',
      scope: { environments: ['dev'], entities: ['web-prod'] },
      expected: undefined,
    },
    {
      name: 'of no environment: not that it is there',
      scope: { environments: [] },
      expected: undefined,
    },
  ])('$name', ({ scope, expected }) => {
    const isKnown = isShown(scopeShownTo(scope, ENVIRONMENTS), ['dev']);
    expect(isKnown ? shownScope(scope, ENVIRONMENTS, ['dev']) : undefined).toEqual(expected);
  });

  it('is all of it to who sees every environment', () => {
    const scope = { environments: ['prod'], entities: ['gone'] };
    expect(isShown(scopeShownTo(scope, ENVIRONMENTS), undefined)).toBe(true);
    expect(shownScope(scope, ENVIRONMENTS, undefined)).toBe(scope);
  });
});
