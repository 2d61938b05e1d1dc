import { randomUUID } from 'node:crypto';
import { signJoinRequest, signSessionToken, SpokeKey } from '@apollo-deploy/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, TestHub } from '../src/testing/test-hub.js';

const KEY = SpokeKey.create();
const CLUSTER = { clusterUid: 'uid-1' };

let hub: TestHub;
beforeEach(async () => {
  hub = await TestHub.start();
  await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
});
afterEach(() => hub.stop());

async function token(more: object = {}): Promise<string> {
  const body = { spoke: 'dev-1', environment: 'dev', ...more };
  return String((await hub.post('/api/v1/join-tokens', body)).body['token']);
}

const join = (joinToken: string, key = KEY): Promise<Answer> =>
  hub.post('/spoke/join', signJoinRequest(key, { token: joinToken, ...CLUSTER }));

const shown = async () => (await hub.get('/api/v1/spokes/dev-1')).body;

/** Asks for a chart that is not there: 404 for whom the hub knows. */
async function knocks(to: unknown, key = KEY): Promise<Answer> {
  const session = signSessionToken(key, {
    ...{ spoke: 'dev-1', hub: String(to), id: randomUUID(), now: hub.clock.now() },
  });
  return hub.get(`/spoke/charts/${'0'.repeat(64)}`, { authorization: `Bearer ${session}` });
}

describe('a spoke that joins over HTTP', () => {
  it('has join tokens that are listed while they are good, without what they are', async () => {
    const path = '/api/v1/spokes/dev-1/join-tokens';
    expect((await hub.get(path)).status).toBe(404);
    await token();
    const text = await token(CLUSTER);
    const made = hub.clock.now();
    const expiresAt = new Date(made.getTime() + 3_600_000).toISOString();
    const listed = await hub.get(path);
    expect(listed).toMatchObject({
      status: 200,
      body: { items: [{ createdAt: made.toISOString(), expiresAt, ...CLUSTER }] },
    });
    expect(JSON.stringify(listed.body)).not.toContain(text);
    hub.clock.advance(3_600_000);
    expect((await hub.get(path)).body).toEqual({ items: [] });
    const next = await token();
    expect((await hub.get(path)).body['items']).toHaveLength(1);
    await join(next);
    expect((await hub.get(path)).body).toEqual({ items: [] });
  });

  it('is pending until a person accepts the key they see, and is let in then', async () => {
    const joined = await join(await token());
    expect(joined).toMatchObject({
      status: 200,
      body: { spoke: 'dev-1', environment: 'dev', accepted: false },
    });
    const to = joined.body['hub'];
    expect(await knocks(to)).toMatchObject({
      status: 409,
      body: { code: 'spoke/not_accepted', detail: expect.stringContaining('/accept') },
    });
    const { publicKey } = KEY;
    expect(await shown()).toMatchObject({
      status: 'pending',
      key: { publicKey, ...CLUSTER, acceptedAt: null },
    });
    const accepted = await hub.post('/api/v1/spokes/dev-1/accept', { publicKey });
    expect(accepted).toMatchObject({
      status: 200,
      body: { key: { publicKey, acceptedAt: hub.clock.now().toISOString() } },
    });
    expect((await knocks(to)).status).toBe(404);
    expect((await knocks('hub-of-others')).status).toBe(401);
    expect((await knocks(to, SpokeKey.create())).status).toBe(401);
  });

  it('from the cluster its token names is let in at once', async () => {
    const { body } = await join(await token(CLUSTER));
    expect(body['accepted']).toBe(true);
    expect((await knocks(body['hub'])).status).toBe(404);
  });

  it('gets the same answer again; a thief of its token gets none, and people are told', async () => {
    const joinToken = await token(CLUSTER);
    const first = await join(joinToken);
    expect((await join(joinToken)).body).toEqual(first.body);
    expect(await join(joinToken, SpokeKey.create())).toMatchObject({
      status: 409,
      body: { code: 'spoke/join_token_used' },
    });
    expect(await shown()).toMatchObject({ alarm: { kind: 'join_token_reused' } });
    expect((await knocks(first.body['hub'])).status).toBe(404);
  });

  it('is not believed without the key it names', async () => {
    const request = signJoinRequest(KEY, { token: await token(), ...CLUSTER });
    const { publicKey } = SpokeKey.create();
    for (const change of [{ publicKey }, { clusterUid: 'uid-2' }]) {
      expect(await hub.post('/spoke/join', { ...request, ...change })).toMatchObject({
        status: 401,
        body: { code: 'spoke/join_refused', field: 'signature' },
      });
    }
    expect(await shown()).toMatchObject({ key: null });
  });

  it.each([
    { name: 'no token', change: { token: undefined }, field: 'token' },
    { name: 'a key of another length', change: { publicKey: 'x' }, field: 'publicKey' },
    { name: 'two lines', change: { clusterUid: 'uid-1\nx' }, field: 'clusterUid' },
    {
      name: 'a signature in other letters',
      change: { signature: '+'.repeat(86) },
      field: 'signature',
    },
    { name: 'one member more', change: { spoke: 'dev-2' }, field: 'spoke' },
  ])('says what it should: $name', async ({ change, field }) => {
    const request = signJoinRequest(KEY, { token: 'x', ...CLUSTER });
    const answer = await hub.post('/spoke/join', { ...request, ...change });
    expect(answer).toMatchObject({ status: 400, body: { field } });
  });

  it('leaves its token and its session tokens in no answer, event or audit entry', async () => {
    const joinToken = await token(CLUSTER);
    await join(joinToken);
    const seen = JSON.stringify([
      await shown(),
      (await hub.get('/api/v1/audit?limit=200')).body,
      await hub.store.transact((unit) => unit.events.after(undefined, 200)),
    ]);
    expect(seen).toContain(KEY.publicKey);
    expect(seen).not.toContain(joinToken.slice(-43));
  });
});

describe('a spoke that is revoked over HTTP', () => {
  it('is refused from then on, and comes back with another key that is accepted', async () => {
    const { body } = await join(await token(CLUSTER));
    const reason = 'its key was copied';
    expect(await hub.post('/api/v1/spokes/dev-1/revoke', { reason })).toMatchObject({
      status: 200,
      body: { status: 'revoked', revocation: { by: 'dev-operator', reason } },
    });
    expect(await knocks(body['hub'])).toMatchObject({
      status: 403,
      body: { code: 'spoke/revoked' },
    });
    const key = SpokeKey.create();
    const again = await join(await token(CLUSTER), key);
    expect((await knocks(again.body['hub'], key)).status).toBe(404);
    expect(await shown()).toMatchObject({ revocation: null, key: { publicKey: key.publicKey } });
  });

  it('needs a reason', async () => {
    await token();
    expect(await hub.post('/api/v1/spokes/dev-1/revoke', {})).toMatchObject({
      status: 400,
      body: { field: 'reason' },
    });
  });
});
