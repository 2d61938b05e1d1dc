import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@apollo-deploy/domain';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { RecordedLogger } from '../src/testing/spokes/recorded-logger.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';

const API = '/api/v1';
const SOON = '2026-03-02T12:00:00Z';
type Headers = Readonly<Record<string, string>>;

describe('people and their tokens', () => {
  const logger = new RecordedLogger();
  let hub: TestHub;
  let admin: Headers;
  beforeAll(async () => {
    hub = await TestHub.start({ login: 'required' }, { logger });
    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    admin = await anAccount(context, 'admin', { roles: ['admin'] });
    const environment = { name: 'dev', tier: 'development' };
    expect((await hub.post(`${API}/environments`, environment, admin)).status).toBe(201);
  });
  afterAll(() => hub.stop());

  const setRoles = (name: string, body: object, headers: Headers = admin): Promise<Answer> =>
    hub.put(`${API}/people/${encodeURIComponent(name)}/roles`, body, headers);

  /** Makes a token, and answers what it is, what acts by it, and its id. */
  async function aToken(path: string, change: object = {}, headers: Headers = admin) {
    const wanted = { name: 'laptop', scopes: ['view', 'tokens'], expiresAt: SOON, ...change };
    const { status, body } = await hub.post(`${API}/${path}`, wanted, headers);
    expect([status, body]).toEqual([201, expect.anything()]);
    const token = String(body['token']);
    return { token, id: String(body['id']), body, as: { authorization: `Bearer ${token}` } };
  }

  it('are made, shown and changed with what they may do', async () => {
    const grants = [{ environment: 'dev', roles: ['sre'] }];
    const made = await setRoles('ann', { roles: ['viewer'], grants });
    const ann = {
      ...{ name: 'ann', roles: ['viewer'], grants, disabled: false, machine: false },
      ...{ createdBy: 'admin', createdAt: '2026-03-01T12:00:00.000Z', version: 1 },
    };
    expect([made.status, made.headers.get('etag'), made.body]).toEqual([200, '"1"', ann]);
    expect((await hub.get(`${API}/people/ann`, admin)).body).toEqual(ann);
    expect((await hub.get(`${API}/people?limit=1&after=admin`, admin)).body).toEqual({
      items: [ann],
    });
    const stale = await setRoles('ann', { roles: [] }, { ...admin, 'if-match': '"7"' });
    expect([stale.status, stale.body['code']]).toEqual([412, 'catalog/version_conflict']);
  });

  it.each<{ name: string; body: object; field: string; who?: string; status?: number }>([
    { name: 'no roles', body: {}, field: 'roles' },
    { name: 'roles that are no list', body: { roles: 'sre' }, field: 'roles' },
    { name: 'a role nobody knows', body: { roles: ['root'] }, field: 'roles' },
    { name: 'a role in capitals', body: { roles: ['SRE'] }, field: 'roles' },
    { name: 'a role that is no text', body: { roles: [{}] }, field: 'roles' },
    { name: 'more roles than there are', body: { roles: Array(8).fill('sre') }, field: 'roles' },
    { name: 'null for grants', body: { roles: [], grants: null }, field: 'grants' },
    {
      name: 'a grant that says more',
      body: { roles: [], grants: [{ environment: 'dev', roles: [], until: 'x' }] },
      field: 'grants',
    },
    {
      name: 'a grant of a role nobody knows',
      body: { roles: [], grants: [{ environment: 'dev', roles: ['root'] }] },
      field: 'grants',
    },
    {
      name: 'a grant where nothing is',
      body: { roles: [], grants: [{ environment: 'nowhere', roles: ['sre'] }] },
      ...{ field: 'grants[0].environment', status: 404 },
    },
    {
      name: 'a permission of their own',
      body: { roles: [], permissions: [] },
      field: 'permissions',
    },
    { name: 'a version of their own', body: { roles: [], version: 9 }, field: 'version' },
    { name: 'words for disabled', body: { roles: [], disabled: 'no' }, field: 'disabled' },
    { name: 'a name with a blank', who: 'ann lee', body: { roles: [] }, field: 'name' },
    { name: 'a name from elsewhere', who: '../admin', body: { roles: [] }, field: 'name' },
    { name: 'a name with a turned letter', who: '\u202eann', body: { roles: [] }, field: 'name' },
    { name: 'the name of the hub', who: 'engine', body: { roles: [] }, field: 'name' },
    { name: 'their own name', who: 'admin', body: { roles: [] }, field: 'name', status: 403 },
  ])('are refused with $name', async ({ who = 'eve', body, field, status = 400 }) => {
    const answer = await setRoles(who, body);
    expect([answer.status, answer.body['field']]).toEqual([status, field]);
    const { items } = (await hub.get(`${API}/people?limit=200`, admin)).body;
    expect((items as { name: string }[]).map(({ name }) => name)).not.toContain('eve');
  });

  it.each<{ name: string; change: object; field: string; status?: number }>([
    { name: 'no name', change: { name: undefined }, field: 'name' },
    { name: 'a name too long', change: { name: 'x'.repeat(101) }, field: 'name' },
    { name: 'no scopes', change: { scopes: [] }, field: 'scopes' },
    { name: 'a scope nobody knows', change: { scopes: ['everything'] }, field: 'scopes' },
    { name: 'scopes that are no list', change: { scopes: 'view' }, field: 'scopes' },
    { name: 'no environments at all', change: { environments: [] }, field: 'environments' },
    {
      name: 'an environment that is not there',
      ...{ change: { environments: ['nowhere'] }, field: 'environments', status: 404 },
    },
    { name: 'no end', change: { expiresAt: undefined }, field: 'expiresAt' },
    {
      name: 'an end in the past',
      change: { expiresAt: '2026-02-28T00:00:00Z' },
      field: 'expiresAt',
    },
    {
      name: 'an end in ten years',
      change: { expiresAt: '2036-03-01T00:00:00Z' },
      field: 'expiresAt',
    },
    { name: 'an end without a zone', change: { expiresAt: '2026-03-02' }, field: 'expiresAt' },
    { name: 'an owner in the body', change: { owner: 'admin' }, field: 'owner' },
    { name: 'a token of their own', change: { token: 'x' }, field: 'token' },
    { name: 'a hash of their own', change: { hash: 'x' }, field: 'hash' },
  ])('get no token with $name', async ({ change, field, status = 400 }) => {
    await setRoles('tom', { roles: ['sre'] });
    const wanted = { name: 'laptop', scopes: ['view'], expiresAt: SOON, ...change };
    const answer = await hub.post(`${API}/people/tom/tokens`, wanted, admin);
    expect([answer.status, answer.body['field']]).toEqual([status, field]);
    expect((await hub.get(`${API}/people/tom/tokens`, admin)).body).toEqual({ items: [] });
  });

  it('act by a token within what both it and they may do, until it is revoked', async () => {
    await setRoles('bob', { roles: ['developer'] });
    const { as, id, body } = await aToken('people/bob/tokens', {
      ...{ scopes: ['view', 'people', 'tokens'], environments: ['dev'] },
    });
    expect(Object.keys(body).sort()).toEqual([
      ...['createdAt', 'createdBy', 'environments', 'expiresAt', 'id', 'name', 'owner'],
      ...['scopes', 'token'],
    ]);
    expect((await hub.get(`${API}/me`, as)).body).toEqual({
      ...{ name: 'bob', kind: 'person', permissions: [] },
      inEnvironments: [{ environment: 'dev', permissions: ['view', 'tokens'] }],
    });
    expect((await hub.get(`${API}/people`, as)).status).toBe(403);
    expect((await hub.get(`${API}/entities?environment=dev`, as)).status).toBe(200);
    expect((await hub.get(`${API}/entities`, as)).body).toEqual({ items: [] });
    expect((await hub.get(`${API}/audit`, as)).status).toBe(403);
    expect((await hub.send('DELETE', `${API}/tokens/${id}`, { headers: as })).status).toBe(204);
    expect((await hub.get(`${API}/me`, as)).status).toBe(401);
  });

  it('are told the same of a token that is unknown, expired, revoked or of who has left', async () => {
    const told = async (headers: Headers) => {
      const { status, body } = await hub.get(`${API}/me`, { ...headers, 'x-request-id': 'r' });
      return { status, body };
    };
    await setRoles('cleo', { roles: ['viewer'] });
    await setRoles('dan', { roles: ['viewer'] });
    const revoked = await aToken('people/cleo/tokens');
    const expired = await aToken('people/cleo/tokens', { expiresAt: '2026-03-01T12:00:01Z' });
    const left = await aToken('people/dan/tokens');
    for (const { as } of [revoked, expired, left]) expect((await told(as)).status).toBe(200);
    const path = `${API}/people/cleo/tokens/${revoked.id}`;
    expect((await hub.send('DELETE', path, { headers: admin })).status).toBe(204);
    await setRoles('dan', { roles: ['viewer'], disabled: true });
    hub.clock.advance(1000);

    const unknown = await told({ authorization: `Bearer apollo_${'0'.repeat(72)}` });
    expect(unknown).toMatchObject({ status: 401, body: { code: 'http/unauthenticated' } });
    for (const { as } of [revoked, expired, left]) expect(await told(as)).toEqual(unknown);
  });

  it('see and revoke their own tokens only', async () => {
    await setRoles('fay', { roles: ['viewer'] });
    await setRoles('gus', { roles: ['admin'] });
    const fay = await aToken('people/fay/tokens');
    const gus = await aToken('people/gus/tokens');
    const path = `${API}/tokens/${gus.id}`;
    const answer = await hub.send('DELETE', path, { headers: fay.as });
    expect([answer.status, answer.body['code']]).toEqual([404, 'token/not_found']);
    const listed = (await hub.get(`${API}/tokens`, fay.as)).body['items'];
    expect(listed).toMatchObject([{ id: fay.id, owner: 'fay' }]);
  });

  it('make no wider token by a narrow one', async () => {
    await setRoles('hal', { roles: ['sre'] });
    const narrow = await aToken('people/hal/tokens');
    const wanted = { name: 'wide', scopes: PERMISSIONS, expiresAt: SOON };
    const answer = await hub.post(`${API}/tokens`, wanted, narrow.as);
    expect([answer.status, answer.body['code']]).toEqual([403, 'token/too_wide']);
  });

  it('are machines where it is said, and those agree to nothing and go without no backup', async () => {
    await setRoles('ci', { roles: ['admin'], machine: true });
    const { as } = await aToken('people/ci/tokens', { scopes: PERMISSIONS });
    const { body } = await hub.get(`${API}/me`, as);
    expect(body).toMatchObject({ name: 'ci', kind: 'machine' });
    expect(body['permissions']).toEqual([
      'view',
      'release',
      'deploy',
      'hotfix',
      'resolve',
      'restrain',
      'recall',
      'fleet',
      'webhooks',
      'audit',
    ]);
  });

  it('never have a token shown again, in no answer and no log', async () => {
    await setRoles('ida', { roles: ['viewer'] });
    const key = { ...admin, 'idempotency-key': 'once' };
    const { token, id } = await aToken('people/ida/tokens', {}, key);
    await hub.get(`${API}/entities?token=${token}`, admin);
    await hub.get(`${API}/me`, { authorization: `Bearer ${token}x` });
    const wanted = { name: 'laptop', scopes: ['view', 'tokens'], expiresAt: SOON };
    const again = await hub.post(`${API}/people/ida/tokens`, wanted, key);
    expect(again.status).toBe(409);
    const answers = await Promise.all(
      ['people/ida/tokens', 'audit?subject=person/ida&limit=200', 'people'].map(
        async (path) => (await hub.get(`${API}/${path}`, admin)).body,
      ),
    );
    const everything = JSON.stringify([again.body, answers, logger]);
    expect(everything).toContain(id);
    expect(everything).not.toContain(token);
  });
});

it('people who log in by themselves get no token from others', async () => {
  const hub = await TestHub.start({
    login: 'required',
    oidc: {
      ...{ issuer: 'https://id.example', clientId: 'apollo', nameClaim: 'sub' },
      ...{ publicUrl: 'https://apollo.example', rolesClaim: 'groups', scopes: [] },
    },
  });
  try {
    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    const admin = await anAccount(context, 'admin', { roles: ['admin'] });
    const ann = await anAccount(context, 'ann', { roles: ['sre'] });
    const wanted = { name: 'x', scopes: ['view', 'approve', 'review'], expiresAt: SOON };
    const toEdit = { ...wanted, scopes: ['view', 'deploy'] };
    for (const refused of [wanted, toEdit]) {
      expect(await hub.post(`${API}/people/ann/tokens`, refused, admin)).toMatchObject({
        status: 403,
        body: { code: 'token/too_wide' },
      });
    }
    expect((await hub.post(`${API}/tokens`, wanted, ann)).status).toBe(201);
    const machine = { roles: ['operator'], machine: true };
    expect((await hub.put(`${API}/people/ci/roles`, machine, admin)).status).toBe(200);
    expect((await hub.post(`${API}/people/ci/tokens`, toEdit, admin)).status).toBe(201);
  } finally {
    await hub.stop();
  }
});
