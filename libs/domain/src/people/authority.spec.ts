import { describe, expect, it } from '@jest/globals';
import {
  type Authority,
  authorityOf,
  environmentsFor,
  mayDo,
  narrowed,
  type Place,
} from './authority.js';
import type { HeldRoles } from './held-roles.js';
import {
  LOCAL_PERMISSIONS,
  type Permission,
  PERMISSIONS,
  ROLE_PERMISSIONS,
} from './permissions.js';
import { hotfixWaives } from '../pipeline/hotfix-waives.js';
import { ROLES } from './role.js';

const NOBODY: HeldRoles = { roles: [], grants: [] };
const PERSON = { machine: false };
/** A viewer who may deploy in dev and restrain in prod. */
const MIXED: HeldRoles = {
  roles: ['viewer'],
  grants: [
    { environment: 'dev', roles: ['developer'] },
    { environment: 'prod', roles: ['operator'] },
  ],
};
const GRANTED: HeldRoles = { roles: [], grants: [{ environment: 'dev', roles: ['developer'] }] };

describe('what roles let one do', () => {
  it('is this, and nothing else', () => {
    const allowed = Object.fromEntries(
      PERMISSIONS.map((permission) => [
        permission,
        ROLES.filter((role) => (ROLE_PERMISSIONS[role] as readonly string[]).includes(permission)),
      ]),
    );
    expect(allowed).toEqual({
      view: ROLES,
      release: ['developer', 'operator', 'sre', 'admin'],
      deploy: ['developer', 'operator', 'sre', 'admin'],
      'skip-backup': ['operator', 'sre', 'admin'],
      hotfix: ['sre', 'admin'],
      resolve: ['operator', 'sre', 'admin'],
      restrain: ['operator', 'sre', 'admin'],
      recall: ['operator', 'sre', 'product-owner', 'admin'],
      fleet: ['operator', 'sre', 'admin'],
      'break-glass': ['sre', 'admin'],
      review: ['sre', 'vp-engineering', 'admin'],
      approve: ROLES,
      delegate: ['developer', 'operator', 'sre', 'product-owner', 'vp-engineering', 'admin'],
      'approval-rules': ['admin'],
      webhooks: ['admin'],
      audit: ['sre', 'vp-engineering', 'admin'],
      tokens: ROLES,
      people: ['admin'],
    });
  });

  it('is on this machine all but to agree, and to give somebody the right to', () => {
    const not = PERMISSIONS.filter((permission) => !LOCAL_PERMISSIONS.includes(permission));
    expect(not).toEqual(['review', 'approve', 'delegate', 'tokens', 'people']);
  });

  it.each<{ name: string; held: HeldRoles; permission: Permission; place: Place; may: boolean }>([
    {
      name: 'with a role, in any environment',
      ...{ held: MIXED, permission: 'view', place: ['staging'], may: true },
    },
    {
      name: 'with a role, in those that come',
      ...{ held: MIXED, permission: 'view', place: 'everywhere', may: true },
    },
    {
      name: 'with a role, where nobody is',
      ...{ held: MIXED, permission: 'view', place: [], may: true },
    },
    {
      name: 'with a grant there',
      ...{ held: MIXED, permission: 'deploy', place: ['dev'], may: true },
    },
    {
      name: 'with a grant in each',
      ...{ held: MIXED, permission: 'deploy', place: ['dev', 'prod'], may: true },
    },
    {
      name: 'with a grant in one of two',
      ...{ held: MIXED, permission: 'restrain', place: ['dev', 'prod'], may: false },
    },
    {
      name: 'with a grant elsewhere',
      ...{ held: MIXED, permission: 'restrain', place: ['dev'], may: false },
    },
    {
      name: 'with a grant where the name begins the same',
      ...{ held: MIXED, permission: 'restrain', place: ['prod-eu'], may: false },
    },
    {
      name: 'with grants in all there are, in those that come',
      ...{ held: MIXED, permission: 'deploy', place: 'everywhere', may: false },
    },
    {
      name: 'with a grant, in none in particular',
      ...{ held: GRANTED, permission: 'release', place: 'somewhere', may: true },
    },
    {
      name: 'with a grant of something else, in none in particular',
      ...{ held: GRANTED, permission: 'recall', place: 'somewhere', may: false },
    },
    {
      name: 'with a grant, where nobody is',
      ...{ held: GRANTED, permission: 'deploy', place: [], may: false },
    },
    {
      name: 'without roles',
      ...{ held: NOBODY, permission: 'view', place: 'somewhere', may: false },
    },
  ])('counts $name: $may', ({ held, permission, place, may }) => {
    expect(mayDo(authorityOf(held, PERSON), permission, place)).toBe(may);
  });

  it('is of no use to a machine where it takes a person', () => {
    const machine = authorityOf({ roles: ['admin'], grants: [] }, { machine: true });
    const not = PERMISSIONS.filter((permission) => !machine.everywhere.includes(permission));
    expect(not).toEqual([
      'skip-backup',
      'break-glass',
      'review',
      'approve',
      'delegate',
      'approval-rules',
      'tokens',
      'people',
    ]);
  });
});

describe('a hotfix by a machine', () => {
  it('may be asked for, and goes past nothing', () => {
    const machine = authorityOf({ roles: ['sre'], grants: [] }, { machine: true });
    expect(mayDo(machine, 'hotfix', ['prod'])).toBe(true);
    expect(hotfixWaives(machine, 'prod')).toEqual([]);
  });
});

describe('what a token lets one do', () => {
  const within = (held: HeldRoles, environments?: readonly string[]): Authority =>
    narrowed(authorityOf(held, PERSON), {
      permissions: ['view', 'deploy', 'people'],
      ...(environments !== undefined && { environments }),
    });

  it.each<{ name: string; given: Authority; permission: Permission; place: Place; may: boolean }>([
    {
      name: 'what the owner may and it is for',
      ...{ given: within(MIXED), permission: 'deploy', place: ['dev'], may: true },
    },
    {
      name: 'what the owner may and it is not for',
      ...{ given: within(MIXED), permission: 'restrain', place: ['prod'], may: false },
    },
    {
      name: 'what it is for and the owner may not',
      ...{ given: within(MIXED), permission: 'people', place: 'somewhere', may: false },
    },
    {
      name: 'what it is for, where the owner may not',
      ...{ given: within(MIXED), permission: 'deploy', place: ['staging'], may: false },
    },
    {
      name: 'what it is for everywhere',
      ...{ given: within(MIXED), permission: 'view', place: 'everywhere', may: true },
    },
    {
      name: 'in its environment',
      ...{ given: within(MIXED, ['prod']), permission: 'deploy', place: ['prod'], may: true },
    },
    {
      name: 'in its environment by a role that counts everywhere',
      ...{ given: within(MIXED, ['staging']), permission: 'view', place: ['staging'], may: true },
    },
    {
      name: 'in none in particular, by its environment',
      ...{ given: within(MIXED, ['prod']), permission: 'view', place: 'somewhere', may: true },
    },
    {
      name: 'in another environment than its own',
      ...{ given: within(MIXED, ['prod']), permission: 'view', place: ['dev'], may: false },
    },
    {
      name: 'everywhere though it is for one',
      ...{ given: within(MIXED, ['prod']), permission: 'view', place: 'everywhere', may: false },
    },
    {
      name: 'in its environment where the owner has nothing',
      ...{ given: within(GRANTED, ['prod']), permission: 'view', place: ['prod'], may: false },
    },
    {
      name: 'anywhere though it is for no environment',
      ...{ given: within(MIXED, []), permission: 'view', place: 'somewhere', may: false },
    },
  ])('is $name: $may', ({ given, permission, place, may }) => {
    expect(mayDo(given, permission, place)).toBe(may);
  });
});

describe('where somebody may do something', () => {
  it.each<{ name: string; given: Authority; expected: readonly string[] | undefined }>([
    { name: 'everywhere with a role', given: authorityOf(MIXED, PERSON), expected: undefined },
    {
      name: 'in its environments with grants',
      given: authorityOf(GRANTED, PERSON),
      expected: ['dev'],
    },
    { name: 'nowhere without roles', given: authorityOf(NOBODY, PERSON), expected: [] },
    {
      name: 'in those of the token that it is for',
      given: narrowed(authorityOf(MIXED, PERSON), {
        permissions: ['view'],
        environments: ['staging', 'prod'],
      }),
      expected: ['prod', 'staging'],
    },
    {
      name: 'nowhere by a token for something else',
      given: narrowed(authorityOf(MIXED, PERSON), { permissions: ['deploy'] }),
      expected: [],
    },
  ])('is $name', ({ given, expected }) => {
    expect(environmentsFor(given, 'view')).toEqual(expected);
  });
});
