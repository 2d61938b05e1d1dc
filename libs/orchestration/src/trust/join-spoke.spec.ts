import { describe, expect, it } from '@jest/globals';
import { HELLO, must, PERSON } from '../testing/engine-world.js';
import { admitted } from '../testing/joined-spoke.js';
import { TrustScene } from '../testing/trust-scene.js';
import { closeSession, openSession } from '../spokes/spoke-session.js';
import { acceptSpoke } from './accept-spoke.js';
import { endJoinTokens } from './end-join-tokens.js';
import { revokeSpoke } from './revoke-spoke.js';
import { issueJoinToken } from './issue-join-token.js';

const refusedFor = (code: string) => ({ ok: false, error: { code } });

/** Who has no more than a token that is not theirs is nobody whom the hub knows. */
const BY_A_STRANGER = { actor: 'stranger', actorKind: 'stranger', requestId: 'request-9' };

describe('a join token', () => {
  it('registers a spoke that has not joined yet', async () => {
    const scene = await TrustScene.build();
    await scene.token('token-1');
    expect(await scene.spoke()).toMatchObject({ environment: 'dev', epoch: 0, revoked: false });
    expect((await scene.spoke()).credential).toBeUndefined();
  });

  it.each([
    {
      name: 'no environment',
      change: { environment: 'qa' },
      code: 'catalog/environment_not_found',
    },
    { name: 'no name', change: { spoke: 'a b' }, code: 'catalog/invalid_field' },
  ])('is for a spoke in an environment: $name', async ({ change, code }) => {
    const { context } = await TrustScene.build();
    const request = { spoke: 'dev', environment: 'dev', token: 'token-1', ...change };
    expect(await issueJoinToken(context, PERSON, request)).toMatchObject(refusedFor(code));
  });

  it.each([
    { name: 'a millisecond before its hour is over', laterMs: 3_599_999, ok: true },
    { name: 'when its hour is over', laterMs: 3_600_000, ok: false },
  ])('is good for an hour: $ok $name', async ({ laterMs, ok }) => {
    const scene = await TrustScene.build();
    await scene.token('token-1');
    scene.clock.advance(laterMs);
    expect((await scene.join()).ok).toBe(ok);
  });

  it('is kept only as a hash', async () => {
    const scene = await TrustScene.build();
    await scene.token('secret-token');
    const { store } = scene.context;
    const kept = await store.transact(async (unit) => [
      await unit.spokes.get('dev'),
      await unit.joinTokens.get('secret-token'),
      await unit.audit.list({}, { limit: 200 }),
    ]);
    expect(kept[1]).toBeUndefined();
    expect(JSON.stringify(kept)).not.toContain('secret-token');
  });

  it('is over when a newer one is made for its spoke', async () => {
    const scene = await TrustScene.build();
    await scene.token('token-1');
    await scene.token('token-2');
    expect(await scene.join()).toMatchObject(refusedFor('spoke/join_refused'));
    expect(await scene.join({ token: 'token-2' })).toMatchObject({ ok: true });
    expect((await scene.entries()).map(({ detail }) => detail['replaced'])).toEqual([
      ...[undefined, 1, undefined],
    ]);
  });

  it('that was used still answers its key when a newer one is made', async () => {
    const scene = await TrustScene.build();
    await scene.token('token-1');
    const first = await scene.join();
    await scene.token('token-2');
    expect(await scene.join()).toEqual(first);
  });

  it('that nobody made lets nobody in, and says no more than one that is over', async () => {
    const scene = await TrustScene.build();
    await scene.token('token-1');
    const guessed = await scene.join({ token: 'guessed' });
    scene.clock.advance(3_600_000);
    expect(guessed).toEqual(await scene.join());
    expect(guessed).toMatchObject(refusedFor('spoke/join_refused'));
  });
});

describe('a join token that is ended', () => {
  it('lets nobody in, and the spoke stays as it is', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    await scene.token('token-2');
    const before = await scene.spoke();
    must(await endJoinTokens(scene.context, PERSON, 'dev'));
    const demand = { token: 'token-2', publicKey: 'key-2' };
    expect(await scene.join(demand)).toMatchObject(refusedFor('spoke/join_refused'));
    expect(await scene.spoke()).toEqual(before);
    expect((await scene.entries()).at(-1)).toMatchObject({
      ...{ action: 'spoke.token_ended', actor: PERSON.name, detail: { ended: 1 } },
    });
  });

  it('is none where all were used, and that is no deed', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    must(await endJoinTokens(scene.context, PERSON, 'dev'));
    expect(await scene.join()).toMatchObject({ ok: true });
    expect(await scene.audit()).toEqual(['spoke.token', 'spoke.join']);
  });

  it('has to be of a spoke that is known', async () => {
    const { context } = await TrustScene.build();
    expect(await endJoinTokens(context, PERSON, 'none')).toMatchObject(
      refusedFor('catalog/spoke_not_found'),
    );
  });
});

describe('a spoke that joins', () => {
  it('waits for a person, who looks at its key and accepts it', async () => {
    const scene = await TrustScene.build();
    const { context } = scene;
    await scene.token('token-1');
    expect(await scene.join()).toMatchObject({
      ok: true,
      value: { spoke: 'dev', environment: 'dev', accepted: false },
    });
    expect(await openSession(context, admitted('dev', 'key-1'), HELLO)).toMatchObject(
      refusedFor('spoke/not_accepted'),
    );
    const other = { name: 'dev', publicKey: 'key-9' };
    expect(await acceptSpoke(context, PERSON, other)).toMatchObject(refusedFor('spoke/other_key'));
    must(await acceptSpoke(context, PERSON, { name: 'dev', publicKey: 'key-1' }));
    must(await openSession(context, admitted('dev', 'key-1'), HELLO));
    expect(await scene.audit()).toEqual([
      ...['spoke.token', 'spoke.join', 'spoke.accept', 'spoke.connect'],
    ]);
  });

  it('from the cluster that its token names is accepted at once', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    expect(await scene.spoke()).toMatchObject({
      credential: { acceptedAt: '2026-01-05T09:00:00.000Z', clusterUid: 'cluster-1' },
    });
    expect(await scene.events()).toEqual([
      ...['spoke.registered', 'spoke.joined', 'spoke.accepted'],
    ]);
  });

  it('from another cluster than its token names is refused, and that is an alarm', async () => {
    const scene = await TrustScene.build();
    await scene.token('token-1', { clusterUid: 'cluster-1' });
    const demand = { clusterUid: 'cluster-2', requestId: 'request-9' };
    expect(await scene.join(demand)).toMatchObject(refusedFor('spoke/other_cluster'));
    expect(await scene.spoke()).toMatchObject({ alarm: { kind: 'other_cluster' } });
    expect((await scene.entries()).at(-1)).toMatchObject({
      ...{ action: 'spoke.alarm.other_cluster', ...BY_A_STRANGER },
      detail: { known: 'cluster-1', said: 'cluster-2' },
    });
    expect(await scene.join()).toMatchObject({ ok: true });
  });

  it('and did not get the answer may ask again with its key, while the token lives', async () => {
    const scene = await TrustScene.build();
    await scene.token('token-1');
    const first = await scene.join();
    const joined = await scene.spoke();
    scene.clock.advance(3_599_999);
    expect(await scene.join()).toEqual(first);
    expect(await scene.spoke()).toEqual(joined);
    expect(await scene.audit()).toEqual(['spoke.token', 'spoke.join']);
    scene.clock.advance(1);
    expect(await scene.join()).toMatchObject(refusedFor('spoke/join_refused'));
  });

  it('with the token of another one is refused, and that is an alarm', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    const before = await scene.spoke();
    const demand = { publicKey: 'key-of-a-thief', requestId: 'request-9' };
    expect(await scene.join(demand)).toMatchObject(refusedFor('spoke/join_token_used'));
    const { alarm, ...after } = await scene.spoke();
    expect(after).toEqual(before);
    expect(alarm).toMatchObject({ kind: 'join_token_reused', at: '2026-01-05T09:00:00.000Z' });
    expect((await scene.entries()).at(-1)).toMatchObject({
      ...{ action: 'spoke.alarm.join_token_reused', ...BY_A_STRANGER },
      detail: { publicKey: 'key-of-a-thief', clusterUid: 'cluster-1' },
    });
    expect(await scene.events()).toContain('spoke.alarm');
  });

  it('is refused with the token of before, once a newer one was used', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    await scene.token('token-2', { clusterUid: 'cluster-1' });
    must(await scene.join({ token: 'token-2', publicKey: 'key-2' }));
    expect(await scene.join()).toMatchObject(refusedFor('spoke/join_refused'));
    expect(await scene.spoke()).toMatchObject({ credential: { publicKey: 'key-2' } });
  });

  it('again ends the session of the key before, and is looked at by a person again', async () => {
    const scene = await TrustScene.build();
    const { context } = scene;
    await scene.joined();
    const session = must(await openSession(context, admitted('dev', 'key-1'), HELLO));
    await scene.token('token-2');
    must(await scene.join({ token: 'token-2', publicKey: 'key-2' }));
    const spoke = await scene.spoke();
    expect(spoke).toMatchObject({ epoch: session.epoch + 1, connected: false });
    expect(spoke.credential?.acceptedAt).toBeUndefined();
    await closeSession(context, session);
    expect(await scene.spoke()).toEqual(spoke);
  });

  it('again with the key and the cluster of before stays accepted', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    scene.clock.advance(1000);
    await scene.token('token-2');
    expect(await scene.join({ token: 'token-2' })).toMatchObject({ value: { accepted: true } });
    await scene.token('token-3');
    expect(await scene.join({ token: 'token-3', clusterUid: 'cluster-2' })).toMatchObject({
      value: { accepted: false },
    });
  });
});

describe('a spoke that is revoked', () => {
  const because = { name: 'dev', reason: 'its key was copied' };

  it('has no use of its key and of the tokens that were made for it', async () => {
    const scene = await TrustScene.build();
    const { context } = scene;
    await scene.joined();
    await scene.token('unused', { clusterUid: 'cluster-1' });
    must(await revokeSpoke(context, PERSON, because));
    expect(await openSession(context, admitted('dev', 'key-1'), HELLO)).toMatchObject(
      refusedFor('spoke/revoked'),
    );
    for (const token of ['token-1', 'unused']) {
      expect(await scene.join({ token })).toMatchObject(refusedFor('spoke/join_refused'));
    }
    await scene.token('token-2', { clusterUid: 'cluster-1' });
    expect(await scene.join({ token: 'token-2' })).toMatchObject(refusedFor('spoke/revoked'));
    expect(await acceptSpoke(context, PERSON, { name: 'dev' })).toMatchObject(
      refusedFor('spoke/revoked'),
    );
  });

  it('comes back with another key that a person accepts, and never with the old one', async () => {
    const scene = await TrustScene.build();
    const { context } = scene;
    await scene.joined();
    must(await revokeSpoke(context, PERSON, because));
    await scene.token('token-2');
    must(await scene.join({ token: 'token-2', publicKey: 'key-2' }));
    expect(await scene.spoke()).toMatchObject({ revoked: true });
    must(await acceptSpoke(context, PERSON, { name: 'dev' }));
    must(await openSession(context, admitted('dev', 'key-2'), HELLO));
    await scene.token('token-3', { clusterUid: 'cluster-1' });
    expect(await scene.join({ token: 'token-3' })).toMatchObject(refusedFor('spoke/revoked'));
  });

  it('is revoked once, for a reason', async () => {
    const scene = await TrustScene.build();
    const { context } = scene;
    await scene.joined();
    const blank = { name: 'dev', reason: '  ' };
    expect(await revokeSpoke(context, PERSON, blank)).toMatchObject(
      refusedFor('catalog/invalid_field'),
    );
    const first = must(await revokeSpoke(context, PERSON, because));
    expect(must(await revokeSpoke(context, PERSON, { ...because, reason: 'again' }))).toEqual(
      first,
    );
    expect(first.revocation).toEqual({
      ...{ at: '2026-01-05T09:00:00.000Z', by: 'dev-operator', reason: 'its key was copied' },
      publicKeys: ['key-1'],
    });
    expect((await scene.audit()).filter((action) => action === 'spoke.revoke')).toHaveLength(1);
  });

  it.each([
    { name: 'revoked', act: revokeSpoke },
    { name: 'accepted', act: acceptSpoke },
  ])('or $name has to exist', async ({ act }) => {
    const { context } = await TrustScene.build();
    expect(await act(context, PERSON, { ...because, name: 'none' })).toMatchObject(
      refusedFor('catalog/spoke_not_found'),
    );
  });
});

describe('a spoke that has not joined', () => {
  it('cannot be accepted', async () => {
    const scene = await TrustScene.build();
    await scene.token('token-1');
    expect(await acceptSpoke(scene.context, PERSON, { name: 'dev' })).toMatchObject(
      refusedFor('spoke/not_joined'),
    );
  });
});
