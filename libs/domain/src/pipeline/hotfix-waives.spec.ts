import { expect, it } from '@jest/globals';
import { type Authority, authorityOf } from '../people/authority.js';
import type { HeldRoles } from '../people/held-roles.js';
import { LOCAL_PERMISSIONS } from '../people/permissions.js';
import { hotfixWaives } from './hotfix-waives.js';

const PERSON = { machine: false };
const ALL = ['approval', 'window', 'soak', 'promoted', 'health'];
const sre: HeldRoles = { roles: ['sre'], grants: [] };
const elsewhere: HeldRoles = {
  roles: ['viewer'],
  grants: [{ environment: 'dev', roles: ['sre'] }],
};

it.each<{ name: string; authority: Authority; expected: readonly string[] }>([
  { name: 'an sre', authority: authorityOf(sre, PERSON), expected: ALL },
  {
    name: 'an sre of another environment',
    authority: authorityOf(elsewhere, PERSON),
    expected: [],
  },
  {
    name: 'an operator',
    authority: authorityOf({ roles: ['operator'], grants: [] }, PERSON),
    expected: [],
  },
  { name: 'a machine', authority: authorityOf(sre, { machine: true }), expected: [] },
  {
    name: 'whoever works on this machine, who cannot agree to plans',
    authority: { everywhere: LOCAL_PERMISSIONS, inEnvironments: new Map() },
    expected: ALL.filter((kind) => kind !== 'approval'),
  },
])('the hotfix of $name to production goes past $expected', ({ authority, expected }) => {
  expect(hotfixWaives(authority, 'prod')).toEqual(expected);
});
