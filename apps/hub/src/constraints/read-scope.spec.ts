import { describe, expect, it } from '@jest/globals';
import { Refused } from '../http/refused.js';
import { readScope, type ScopeFields } from './read-scope.js';

describe('the scope of a request', () => {
  it.each([
    { name: 'nothing', scope: {} },
    {
      name: 'every member',
      scope: {
        environments: ['prod', 'prod-eu'],
        tiers: ['production'],
        products: ['aria'],
        entities: ['aria-prod'],
        planTypes: ['upgrade', 'config_update'],
        criticalities: ['high', 'critical'],
        labels: { team: 'web' },
      },
    },
  ])('is read with $name', ({ scope }) => {
    expect(readScope(scope)).toEqual(scope);
  });

  it('is everything where it is left out', () => {
    expect(readScope(undefined)).toEqual({});
  });

  const bad: readonly { name: string; scope: ScopeFields; field: string; saying: string }[] = [
    {
      name: 'a member nobody knows',
      scope: { cluster: ['a'] },
      field: 'scope.cluster',
      saying: 'environments, tiers',
    },
    {
      name: 'a member of every object',
      scope: { constructor: ['a'] },
      field: 'scope.constructor',
      saying: 'not part of',
    },
    {
      name: 'a name that is no list',
      scope: { environments: 'prod' },
      field: 'scope.environments',
      saying: '1 to 200 names',
    },
    {
      name: 'a list of nothing',
      scope: { products: [] },
      field: 'scope.products',
      saying: '1 to 200 names',
    },
    {
      name: 'too many names',
      scope: { entities: Array.from({ length: 201 }, () => 'a') },
      field: 'scope.entities',
      saying: '1 to 200 names',
    },
    {
      name: 'a number among names',
      scope: { entities: ['a', 1] },
      field: 'scope.entities',
      saying: '1 to 200 names',
    },
    {
      name: 'a tier nobody knows',
      scope: { tiers: ['production', 'qa'] },
      field: 'scope.tiers',
      saying: 'development, staging, production',
    },
    {
      name: 'a plan type nobody knows',
      scope: { planTypes: ['deploy'] },
      field: 'scope.planTypes',
      saying: 'config_update',
    },
    {
      name: 'a criticality nobody knows',
      scope: { criticalities: ['urgent'] },
      field: 'scope.criticalities',
      saying: 'low, medium, high, critical',
    },
    {
      name: 'labels that are a list',
      scope: { labels: ['team'] },
      field: 'scope.labels',
      saying: 'an object of at most 64',
    },
    {
      name: 'a member that is null',
      scope: { labels: null },
      field: 'scope.labels',
      saying: 'an object of at most 64',
    },
  ];
  it.each(bad)('is refused with $name', ({ scope, field, saying }) => {
    let refused: unknown;
    try {
      readScope(scope);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toMatchObject({
      code: 'http/invalid_request',
      details: { field, detail: expect.stringContaining(saying) },
    });
  });
});
