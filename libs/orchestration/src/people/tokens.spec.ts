import { beforeEach, describe, expect, it } from '@jest/globals';
import { mayDo, tokenText } from '@apollo-deploy/domain';
import { sha256Hex } from '@apollo-deploy/kernel';
import type { Principal } from '../ports/principal.js';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { authenticateToken } from './authenticate-token.js';
import { issueToken, type NewToken } from './issue-token.js';
import { revokeToken } from './revoke-token.js';
import { type NewRoles, setRoles } from './set-roles.js';

// The clock stands on Monday, 5 January 2026, at 09:00.
const NOW = '2026-01-05T09:00:00.000Z';
const ADMIN: Principal = { ...PERSON, name: 'admin' };
const ANN: NewRoles = { name: 'ann', roles: ['sre'], grants: [], disabled: false };
const TEXT = tokenText('a1'.repeat(32));
const TOKEN: NewToken = {
  owner: 'ann',
  name: 'laptop',
  scope: { permissions: ['view', 'deploy'] },
  expiresAt: new Date('2026-01-06T09:00:00.000Z'),
  token: TEXT,
  peopleLogIn: false,
};

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  must(await setRoles(world.context, ADMIN, ANN));
});

const issue = (change: Partial<NewToken> = {}, principal = ADMIN) =>
  issueToken(world.context, principal, { ...TOKEN, ...change });
const tokens = async () => {
  const list = await world.context.store.transact((unit) =>
    unit.tokens.list(undefined, { limit: 100 }),
  );
  return list.items;
};
const audit = async () => {
  const page = await world.context.store.transact((unit) =>
    unit.audit.list({ subject: 'person/ann' }, { limit: 200 }),
  );
  return page.items.slice(1).map(({ actor, action, detail }) => ({ actor, action, detail }));
};

describe('making a token', () => {
  it('keeps what it is for and its SHA-256, and never the token', async () => {
    const token = must(await issue());
    expect(token).toEqual({
      id: token.id,
      owner: 'ann',
      name: 'laptop',
      scope: { permissions: ['view', 'deploy'] },
      hash: sha256Hex(TEXT),
      createdBy: 'admin',
      createdAt: NOW,
      expiresAt: '2026-01-06T09:00:00.000Z',
    });
    expect(await tokens()).toEqual([token]);
    const entries = await audit();
    expect(entries).toEqual([
      {
        actor: 'admin',
        action: 'token.issue',
        detail: {
          issued: token.id,
          name: 'laptop',
          scopes: ['view', 'deploy'],
          environments: null,
          expiresAt: '2026-01-06T09:00:00.000Z',
        },
      },
    ]);
    expect(JSON.stringify([token, entries])).not.toContain(TEXT);
  });

  it.each<{ name: string; change: Partial<NewToken>; code: string; field?: string }>([
    { name: 'a blank name', change: { name: ' ' }, code: 'catalog/invalid_field', field: 'name' },
    {
      name: 'a name too long',
      change: { name: 'x'.repeat(101) },
      ...{ code: 'catalog/invalid_field', field: 'name' },
    },
    {
      name: 'no scope',
      change: { scope: { permissions: [] } },
      ...{ code: 'catalog/invalid_field', field: 'scopes' },
    },
    {
      name: 'an end that is now',
      change: { expiresAt: new Date(NOW) },
      ...{ code: 'catalog/invalid_field', field: 'expiresAt' },
    },
    {
      name: 'an end a millisecond too late',
      change: { expiresAt: new Date('2027-01-06T09:00:00.001Z') },
      ...{ code: 'catalog/invalid_field', field: 'expiresAt' },
    },
    {
      name: 'an end that is none',
      change: { expiresAt: new Date(NaN) },
      ...{ code: 'catalog/invalid_field', field: 'expiresAt' },
    },
    { name: 'an owner nobody knows', change: { owner: 'bob' }, code: 'people/not_found' },
    {
      name: 'an environment nobody knows',
      change: { scope: { permissions: ['view'], environments: ['dev', 'nowhere'] } },
      ...{ code: 'catalog/environment_not_found', field: 'environments' },
    },
  ])('with $name is refused, and keeps nothing', async ({ change, code, field }) => {
    expect(await issue(change)).toMatchObject({
      ok: false,
      error: { code, ...(field !== undefined && { field }) },
    });
    expect(await tokens()).toEqual([]);
    expect(await audit()).toEqual([]);
  });

  it('to the last millisecond that is accepted is done', async () => {
    const expiresAt = new Date('2027-01-06T09:00:00.000Z');
    expect(must(await issue({ expiresAt })).expiresAt).toBe(expiresAt.toISOString());
  });

  it('for who has left is refused', async () => {
    must(await setRoles(world.context, ADMIN, { ...ANN, disabled: true }));
    expect(await issue()).toMatchObject({ ok: false, error: { code: 'people/not_found' } });
  });

  it('is refused once there are fifty that can be used, until one cannot', async () => {
    for (let number = 0; number < 50; number += 1) {
      must(await issue({ token: String(number) }));
    }
    expect(await issue()).toMatchObject({ ok: false, error: { code: 'token/too_many' } });
    const [first] = await tokens();
    must(await revokeToken(world.context, ADMIN, { id: first?.id ?? '' }));
    must(await issue());
  });
});

describe('where people log in by themselves', () => {
  const own: Principal = { ...PERSON, name: 'ann' };
  const ofPeople = { permissions: ['view', 'approve', 'review'] } as const;
  const asMachine = { ...ANN, machine: true };

  it.each<{ name: string; by: Principal; scope: NewToken['scope']; made: boolean }>([
    { name: 'nobody else makes one for their word', by: ADMIN, scope: ofPeople, made: false },
    {
      name: 'nobody else makes one that makes others',
      by: ADMIN,
      scope: { permissions: ['view', 'tokens'] },
      made: false,
    },
    { name: 'they make it', by: own, scope: ofPeople, made: true },
    {
      name: 'nobody else makes one to edit by, and approves then as who they are',
      by: ADMIN,
      scope: { permissions: ['view', 'deploy'] },
      made: false,
    },
    {
      name: 'nobody else makes one that only looks',
      by: ADMIN,
      scope: { permissions: ['view'] },
      made: false,
    },
  ])('$name', async ({ by, scope, made }) => {
    const token = await issue({ scope, peopleLogIn: true }, by);
    if (made) return void must(token);
    expect(token).toMatchObject({ ok: false, error: { code: 'token/too_wide' } });
    expect(await tokens()).toEqual([]);
  });

  it('others make one for a machine', async () => {
    must(await setRoles(world.context, ADMIN, asMachine));
    const scope = { permissions: ['view', 'deploy'] } as const;
    expect(must(await issue({ scope, peopleLogIn: true }))).toMatchObject({ owner: 'ann', scope });
  });

  it('nobody gets it for a machine that is called a person afterwards', async () => {
    must(await setRoles(world.context, ADMIN, asMachine));
    expect(await issue({ scope: ofPeople, peopleLogIn: true })).toMatchObject({
      ok: false,
      error: { code: 'token/too_wide' },
    });
  });
});

describe('a token that asks for another', () => {
  const WITHIN: NewToken['scope'] = { permissions: ['view', 'tokens'], environments: ['dev'] };
  const other = { token: tokenText('b2'.repeat(32)) };

  it.each<{ name: string; change: Partial<NewToken>; field: string | undefined }>([
    { name: 'no more than it has', change: { scope: WITHIN }, field: undefined },
    {
      name: 'another permission',
      change: { scope: { ...WITHIN, permissions: ['view', 'deploy'] } },
      field: 'scopes',
    },
    {
      name: 'every environment',
      change: { scope: { permissions: ['view'] } },
      field: 'environments',
    },
    {
      name: 'a later end',
      change: { scope: WITHIN, expiresAt: new Date('2026-01-06T09:00:00.001Z') },
      field: 'expiresAt',
    },
  ])('gets $name: refused at $field', async ({ change, field }) => {
    const { id } = must(await issue({ scope: WITHIN }));
    const asking: Principal = { ...PERSON, name: 'ann', token: id };
    const result = await issue({ ...other, ...change }, asking);
    if (field === undefined) {
      must(result);
      expect((await audit()).at(-1)).toMatchObject({ actor: 'ann', detail: { token: id } });
    } else {
      expect(result).toMatchObject({ ok: false, error: { code: 'token/too_wide', field } });
    }
  });
});

describe('who holds a token', () => {
  it('is its owner, who may do what both the roles and the token allow', async () => {
    const { id } = must(await issue());
    const holder = await authenticateToken(world.context, TEXT);
    expect(holder).toMatchObject({ person: { name: 'ann' }, token: { id } });
    const may = (['view', 'deploy', 'restrain', 'people'] as const).filter(
      (permission) => holder !== undefined && mayDo(holder.authority, permission, 'everywhere'),
    );
    expect(may).toEqual(['view', 'deploy']);
  });

  it('may do less as soon as the owner may', async () => {
    must(await issue());
    must(await setRoles(world.context, ADMIN, { ...ANN, roles: ['viewer'] }));
    const holder = await authenticateToken(world.context, TEXT);
    expect(holder?.authority.everywhere).toEqual(['view']);
  });

  it('does not agree to plans if it is a machine, whatever the roles and the token', async () => {
    must(await setRoles(world.context, ADMIN, { ...ANN, machine: true }));
    must(await issue({ scope: { permissions: ['approve', 'deploy'] } }));
    const holder = await authenticateToken(world.context, TEXT);
    expect(holder?.authority.everywhere).toEqual(['deploy']);
  });

  it.each<{ name: string; before?: () => Promise<unknown>; text?: string }>([
    { name: 'nobody made it', text: tokenText('c3'.repeat(32)) },
    { name: 'its checksum is wrong', text: `${TEXT.slice(0, -1)}x` },
    { name: 'it is empty', text: '' },
    { name: 'it is the SHA-256 that is kept', text: sha256Hex(TEXT) },
    {
      name: 'it ends at this instant',
      before: async () => world.clock.advance(24 * 60 * 60 * 1000),
    },
    {
      name: 'it is revoked',
      before: async () => {
        const [token] = await tokens();
        must(await revokeToken(world.context, ADMIN, { id: token?.id ?? '', owner: 'ann' }));
      },
    },
    {
      name: 'its owner has left',
      before: async () => setRoles(world.context, ADMIN, { ...ANN, disabled: true }),
    },
  ])('is nobody where $name', async ({ before, text = TEXT }) => {
    must(await issue());
    await before?.();
    expect(await authenticateToken(world.context, text)).toBeUndefined();
  });

  it('is the owner up to the millisecond before it ends', async () => {
    must(await issue());
    world.clock.advance(24 * 60 * 60 * 1000 - 1);
    expect(await authenticateToken(world.context, TEXT)).toBeDefined();
  });
});

describe('revoking a token', () => {
  it('is written down, and done once', async () => {
    const { id } = must(await issue());
    must(await revokeToken(world.context, ADMIN, { id }));
    expect((await audit()).at(-1)).toEqual({
      ...{ actor: 'admin', action: 'token.revoke' },
      detail: { revoked: id, name: 'laptop' },
    });
    expect(await revokeToken(world.context, ADMIN, { id })).toMatchObject({
      ...{ ok: false, error: { code: 'token/not_found' } },
    });
    expect(await audit()).toHaveLength(2);
  });

  it('of somebody else is refused as if there were none', async () => {
    const { id } = must(await issue());
    const given = [
      { id, owner: 'bob' },
      { id: 'none', owner: 'bob' },
    ];
    for (const token of given) {
      expect(await revokeToken(world.context, ADMIN, token)).toMatchObject({
        ...{ ok: false, error: { code: 'token/not_found' } },
      });
    }
    expect(await authenticateToken(world.context, TEXT)).toBeDefined();
  });
});
