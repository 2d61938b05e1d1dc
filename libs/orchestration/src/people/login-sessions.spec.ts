import { beforeEach, describe, expect, it } from '@jest/globals';
import type { HeldRoles } from '@apollo-deploy/domain';
import { ENGINE } from '../ports/principal.js';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { authenticateLoginSession } from './authenticate-login-session.js';
import { endLoginSession, endLoginSessions } from './end-login-sessions.js';
import { endVouchedSessions, type ProviderLogout } from './end-vouched-sessions.js';
import { setRoles } from './set-roles.js';
import { type NewLogin, startLoginSession } from './start-login-session.js';

const MINUTE_MS = 60_000;
const IDLE = { idleMs: 30 * MINUTE_MS };
const ANN: NewLogin = {
  person: 'ann',
  vouched: { issuer: 'https://id.example', subject: 'ann' },
  secret: 'the secret',
  ...IDLE,
  longestMs: 120 * MINUTE_MS,
  requestId: 'request-1',
};
const SRE: HeldRoles = { roles: ['sre'], grants: [] };

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
});

const logIn = (change: Partial<NewLogin> = {}) =>
  startLoginSession(world.context, { ...ANN, ...change });
const holder = (secret = ANN.secret) => authenticateLoginSession(world.context, secret, IDLE);
const pass = (minutes: number): void => {
  world.clock.advance(minutes * MINUTE_MS);
};
const personOf = (name: string) => world.context.store.transact((unit) => unit.people.get(name));
const deeds = async () => {
  const page = await world.context.store.transact((unit) =>
    unit.audit.list({ subject: 'person/ann' }, { limit: 200 }),
  );
  return page.items.map(({ actor, action }) => `${actor} ${action}`);
};

describe('logging in', () => {
  it('makes a person known, without roles unless the provider says some', async () => {
    must(await logIn());
    must(await logIn({ person: 'bob', secret: 'other', roles: SRE }));
    expect((await holder())?.person).toMatchObject({ name: 'ann', roles: [], grants: [] });
    expect((await holder('other'))?.authority.everywhere).toContain('audit');
    expect(await deeds()).toEqual(['engine person.roles', 'ann session.start']);
  });

  it.each<{ name: string; told: HeldRoles | undefined; expected: HeldRoles; written: boolean }>([
    { name: 'are left where it says none', told: undefined, expected: SRE, written: false },
    { name: 'are left where they are the same', told: SRE, expected: SRE, written: false },
    {
      name: 'are taken away where it takes them away',
      told: { roles: [], grants: [] },
      expected: { roles: [], grants: [] },
      written: true,
    },
    {
      name: 'are granted in environments that there are',
      told: {
        roles: [],
        grants: [
          { environment: 'dev', roles: ['developer'] },
          { environment: 'nowhere', roles: ['admin'] },
        ],
      },
      expected: { roles: [], grants: [{ environment: 'dev', roles: ['developer'] }] },
      written: true,
    },
  ])('has roles that $name', async ({ told, expected, written }) => {
    must(await setRoles(world.context, ENGINE, { name: 'ann', ...SRE, disabled: false }));
    must(await logIn(told === undefined ? {} : { roles: told }));
    expect(await personOf('ann')).toMatchObject({ ...expected, version: written ? 2 : 1 });
  });

  it('says in the audit trail by whose word the roles are what they are', async () => {
    must(await logIn({ roles: SRE }));
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: 'person/ann' }, { limit: 200 }),
    );
    expect(items[0]).toMatchObject({
      ...{ actor: 'engine', action: 'person.roles', requestId: 'request-1' },
      detail: { from: null, issuer: 'https://id.example', subject: 'ann' },
    });
  });

  it.each<{ name: string; disabled: boolean; machine: boolean }>([
    { name: 'is disabled', disabled: true, machine: false },
    { name: 'is a machine', disabled: false, machine: true },
  ])('is refused for who $name, whatever the provider says', async ({ disabled, machine }) => {
    const held = { name: 'ann', roles: [], grants: [] };
    must(await setRoles(world.context, ENGINE, { ...held, disabled, machine }));
    expect(await logIn({ roles: SRE })).toMatchObject({
      ok: false,
      error: { code: 'login/refused' },
    });
    expect(await personOf('ann')).toMatchObject({ roles: [], disabled, version: 1 });
  });

  it.each(['', 'ann lee', 'engine', 'dev-operator', 'stranger', '../ann', 'x'.repeat(129)])(
    'is refused under a name that nobody can have: %p',
    async (person) => {
      expect(await logIn({ person })).toMatchObject({
        ok: false,
        error: { code: 'catalog/invalid_field', field: 'name' },
      });
    },
  );
});

describe('a session', () => {
  beforeEach(async () => {
    must(await logIn({ roles: SRE }));
  });

  it.each([
    { name: 'ends when it idles', pauses: [30], goesOn: false },
    { name: 'goes on while it is used', pauses: [29, 29, 29], goesOn: true },
    {
      name: 'ends after its longest time however it is used',
      pauses: [29, 29, 29, 29, 4],
      goesOn: false,
    },
  ])('$name', async ({ pauses, goesOn }) => {
    let last = await holder();
    for (const minutes of pauses) {
      pass(minutes);
      last = await holder();
    }
    expect(last !== undefined).toBe(goesOn);
  });

  it('is nobody’s with another secret, or the hash of its own', async () => {
    const hash = (await holder())?.session.hash ?? '';
    expect([await holder('another'), await holder(''), await holder(hash)]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });

  it('has the roles of its person at each request', async () => {
    must(
      await setRoles(world.context, ENGINE, {
        name: 'ann',
        roles: ['viewer'],
        grants: [],
        disabled: false,
      }),
    );
    expect((await holder())?.authority.everywhere).toEqual(['view', 'approve', 'tokens']);
    must(await setRoles(world.context, ENGINE, { name: 'ann', ...SRE, disabled: true }));
    expect(await holder()).toBeUndefined();
  });

  it('ends when its person logs out, once', async () => {
    const { session } = (await holder()) ?? {};
    const ann = { ...PERSON, name: 'ann' };
    await endLoginSession(world.context, ann, session?.id ?? '');
    await endLoginSession(world.context, ann, session?.id ?? '');
    expect(await holder()).toBeUndefined();
    expect((await deeds()).slice(2)).toEqual(['ann session.end']);
  });

  it('ends with all others of its person', async () => {
    must(await logIn({ secret: 'phone', roles: SRE }));
    must(await logIn({ person: 'bob', secret: 'other' }));
    must(await endLoginSessions(world.context, { ...PERSON, name: 'admin' }, 'ann'));
    expect([await holder(), await holder('phone')]).toEqual([undefined, undefined]);
    expect((await holder('other'))?.person.name).toBe('bob');
    expect((await deeds()).at(-1)).toBe('admin session.end_all');
    expect(await endLoginSessions(world.context, PERSON, 'nobody')).toMatchObject({
      error: { code: 'people/not_found' },
    });
  });
});

describe('logging out at the provider', () => {
  const ISSUER = 'https://id.example';
  const DONE = { issuer: ISSUER, id: 'message-1', keptUntil: '2026-03-02T13:00:00.000Z' };
  const logOut = (change: Partial<ProviderLogout['logout']> = {}, id = DONE.id) =>
    endVouchedSessions(world.context, {
      logout: { issuer: ISSUER, subject: 'ann', ...change },
      token: { ...DONE, id },
      requestId: 'request-2',
    });

  it('ends the sessions of who it is, and says so once for each person', async () => {
    must(await logIn());
    must(await logIn({ secret: 'phone' }));
    must(await logIn({ person: 'bob', secret: 'b', vouched: { issuer: ISSUER, subject: 'bob' } }));
    must(await logOut());
    expect([await holder(), await holder('phone')]).toEqual([undefined, undefined]);
    expect((await holder('b'))?.person.name).toBe('bob');
    expect((await deeds()).slice(-1)).toEqual(['engine session.end_by_provider']);
    const { items } = await world.context.store.transact((unit) =>
      unit.audit.list({ subject: 'person/ann' }, { limit: 200 }),
    );
    expect(items.at(-1)).toMatchObject({
      requestId: 'request-2',
      detail: { issuer: ISSUER, subject: 'ann', ended: 2 },
    });
  });

  it('ends one login only, where the provider says which', async () => {
    must(await logIn({ vouched: { ...ANN.vouched, sid: 's-1' } }));
    must(await logIn({ secret: 'phone', vouched: { ...ANN.vouched, sid: 's-2' } }));
    must(await logOut({ sid: 's-2' }));
    expect([(await holder())?.person.name, await holder('phone')]).toEqual(['ann', undefined]);
  });

  it('is heard once: who has come back since stays', async () => {
    must(await logIn());
    must(await logOut());
    must(await logIn({ secret: 'again' }));
    expect(await logOut()).toMatchObject({ error: { code: 'login/logout_used' } });
    expect((await holder('again'))?.person.name).toBe('ann');
    must(await logOut({}, 'message-2'));
    expect(await holder('again')).toBeUndefined();
  });

  it('changes nothing for who is not logged in, and writes nothing', async () => {
    must(await logOut({ subject: 'nobody' }));
    expect(await deeds()).toEqual([]);
  });
});
