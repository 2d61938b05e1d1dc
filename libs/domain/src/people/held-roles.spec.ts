import { describe, expect, it } from '@jest/globals';
import { type HeldRoles, rolesAnywhere, rolesIn } from './held-roles.js';

const HELD: HeldRoles = {
  roles: ['viewer', 'developer'],
  grants: [
    { environment: 'prod', roles: ['sre', 'developer'] },
    { environment: 'staging', roles: ['operator'] },
    { environment: 'prod', roles: ['product-owner'] },
  ],
};

describe('roles that somebody holds', () => {
  it.each([
    {
      name: 'where they are granted more than once',
      environment: 'prod',
      expected: ['viewer', 'developer', 'sre', 'product-owner'],
    },
    {
      name: 'where they are granted once',
      environment: 'staging',
      expected: ['viewer', 'developer', 'operator'],
    },
    { name: 'where nothing is granted', environment: 'dev', expected: ['viewer', 'developer'] },
    {
      name: 'where only the beginning of the name is the same',
      environment: 'prod-eu',
      expected: ['viewer', 'developer'],
    },
  ])('count once each, $name', ({ environment, expected }) => {
    expect(rolesIn(HELD, environment)).toEqual(expected);
  });

  it('are all of them anywhere', () => {
    const all = ['viewer', 'developer', 'sre', 'operator', 'product-owner'];
    expect(rolesAnywhere(HELD)).toEqual(all);
  });
});
