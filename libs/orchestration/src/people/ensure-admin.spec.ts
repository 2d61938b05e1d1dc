import { beforeEach, describe, expect, it } from '@jest/globals';
import { PERMISSIONS, tokenText } from '@apollo-deploy/domain';
import { EngineWorld, must } from '../testing/engine-world.js';
import { ENGINE } from '../ports/principal.js';
import { authenticateToken } from './authenticate-token.js';
import { ensureAdmin } from './ensure-admin.js';
import { issueToken } from './issue-token.js';
import { revokeToken } from './revoke-token.js';
import { setRoles } from './set-roles.js';

const TEXT = tokenText('a1'.repeat(32));
const OTHER = tokenText('b2'.repeat(32));
const HELD = { grants: [], disabled: false } as const;

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
});

const audit = async () => {
  const page = await world.context.store.transact((unit) =>
    unit.audit.list({ subject: 'person/admin' }, { limit: 200 }),
  );
  return page.items.map(({ actor, action }) => `${actor} ${action}`);
};
const tokens = () =>
  world.context.store.transact((unit) => unit.tokens.list('admin', { limit: 100 }));

describe('the first person', () => {
  it('is made with the token, may do everything by it, and it is written down', async () => {
    must(await ensureAdmin(world.context, TEXT));
    const holder = await authenticateToken(world.context, TEXT);
    expect(holder).toMatchObject({
      person: { name: 'admin', roles: ['admin'], createdBy: 'engine' },
      token: { expiresAt: '2027-01-06T09:00:00.000Z' },
      authority: { everywhere: PERMISSIONS },
    });
    expect(await audit()).toEqual(['engine person.roles', 'engine token.issue']);
  });

  it('is made once, however often the hub starts, and on two replicas at once', async () => {
    const starts = [1, 2, 3].map(() => ensureAdmin(world.context, TEXT));
    for (const start of await Promise.all(starts)) must(start);
    must(await ensureAdmin(world.context, TEXT));
    expect((await tokens()).items).toHaveLength(1);
    expect(await audit()).toHaveLength(2);
  });

  it('gets another token where another is given, and keeps the first', async () => {
    must(await ensureAdmin(world.context, TEXT));
    must(await ensureAdmin(world.context, OTHER));
    const holders = await Promise.all(
      [TEXT, OTHER].map((text) => authenticateToken(world.context, text)),
    );
    expect(holders.map((holder) => holder?.person.name)).toEqual(['admin', 'admin']);
  });

  it('keeps the roles that somebody has given them since', async () => {
    must(await ensureAdmin(world.context, TEXT));
    must(await setRoles(world.context, ENGINE, { ...HELD, name: 'admin', roles: ['viewer'] }));
    must(await ensureAdmin(world.context, TEXT));
    const holder = await authenticateToken(world.context, TEXT);
    expect(holder?.person.roles).toEqual(['viewer']);
  });

  it.each<{ name: string; text?: string; before?: () => Promise<unknown> }>([
    { name: 'nothing is in the file', text: '' },
    { name: 'something else is in the file', text: 'hunter2' },
    { name: 'a part of the token is lost', text: TEXT.slice(0, -1) },
    {
      name: 'the token is revoked',
      before: async () => {
        const [first] = (await tokens()).items;
        return revokeToken(world.context, ENGINE, { id: first?.id ?? '' });
      },
    },
    {
      name: 'the token has expired',
      before: async () => world.clock.advance(366 * 24 * 60 * 60 * 1000),
    },
    {
      name: 'the person may not act any more',
      before: () =>
        setRoles(world.context, ENGINE, { ...HELD, name: 'admin', roles: [], disabled: true }),
    },
    {
      name: 'the token is that of another',
      text: OTHER,
      before: async () => {
        must(await setRoles(world.context, ENGINE, { ...HELD, name: 'ann', roles: ['admin'] }));
        return issueToken(world.context, ENGINE, {
          ...{ owner: 'ann', name: 'x', scope: { permissions: PERMISSIONS }, token: OTHER },
          expiresAt: new Date('2026-01-06T09:00:00Z'),
          peopleLogIn: false,
        });
      },
    },
  ])('is not let in where $name, and the refusal says no secret', async ({ text, before }) => {
    must(await ensureAdmin(world.context, TEXT));
    await before?.();
    const entries = await audit();
    const refused = await ensureAdmin(world.context, text ?? TEXT);
    expect(refused).toMatchObject({ ok: false, error: { code: 'catalog/invalid_field' } });
    expect(JSON.stringify(refused)).not.toContain('hunter2');
    expect(await audit()).toEqual(entries);
  });
});
