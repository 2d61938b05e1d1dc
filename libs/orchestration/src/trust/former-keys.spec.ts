import { describe, expect, it } from '@jest/globals';
import { HELLO, must, PERSON } from '../testing/engine-world.js';
import { admitted } from '../testing/joined-spoke.js';
import { TrustScene } from '../testing/trust-scene.js';
import { openSession } from '../spokes/spoke-session.js';
import { acceptSpoke } from './accept-spoke.js';
import { authenticateSpoke, type ShownToken } from './authenticate-spoke.js';
import { revokeSpoke } from './revoke-spoke.js';
import { storeNextKey } from './store-next-key.js';

const DAY_MS = 86_400_000;
const refusedFor = (code: string) => ({ ok: false, error: { code } });

/** Who holds the first key changes it for the second. */
async function changesKey(scene: TrustScene, from: string, to: string): Promise<void> {
  const session = must(await openSession(scene.context, admitted('dev', from), HELLO));
  must(await storeNextKey(scene.context, session, offerOf(to)));
  must(await openSession(scene.context, admitted('dev', to), HELLO));
}

const offerOf = (publicKey: string) => ({ publicKey, isOfferedBy: () => true });

/** Spoke `dev` has joined with `key-1`, and its key is `key-2` for a minute. */
async function changed(): Promise<TrustScene> {
  const scene = await TrustScene.build();
  await scene.joined();
  await changesKey(scene, 'key-1', 'key-2');
  scene.clock.advance(60_000);
  return scene;
}

async function shows(scene: TrustScene, signer: string, change: Partial<ShownToken> = {}) {
  return authenticateSpoke(scene.context, await scene.shows(signer, change));
}

const alarms = async (scene: TrustScene) =>
  (await scene.audit()).filter((action) => action === 'spoke.alarm.clone').length;

describe('a key that another one has replaced', () => {
  it('and that still is shown is an alarm: nobody is let in before a person has looked', async () => {
    const scene = await changed();
    const { epoch } = await scene.spoke();
    expect(await shows(scene, 'key-1')).toEqual({
      ok: false,
      error: {
        code: 'spoke/unauthenticated',
        detail:
          'another key has replaced this one as the key of spoke dev, which is let in with neither until somebody has looked; if this is the spoke, delete its folder identity and let it join with a new token',
      },
    });
    const locked = await scene.spoke();
    expect(locked).toMatchObject({
      ...{ epoch: epoch + 1, connected: false },
      alarm: { kind: 'clone', message: expect.stringContaining('revoke it') },
    });
    expect(await shows(scene, 'key-2')).toMatchObject(refusedFor('spoke/not_accepted'));
    expect((await scene.entries()).at(-1)).toMatchObject({
      ...{ action: 'spoke.alarm.clone', actor: 'dev', actorKind: 'spoke' },
      detail: { publicKey: 'key-1', replacedAt: '2026-01-05T09:00:00.000Z' },
    });
    expect(await scene.events()).toContain('spoke.alarm');
  });

  it('raises one alarm, however often it is shown, and another one once a person has looked', async () => {
    const scene = await changed();
    for (const signer of ['key-1', 'key-1']) await shows(scene, signer);
    expect(await alarms(scene)).toBe(1);
    must(await acceptSpoke(scene.context, PERSON, { name: 'dev' }));
    must(await openSession(scene.context, admitted('dev', 'key-2'), HELLO));
    await shows(scene, 'key-1');
    expect(await alarms(scene)).toBe(2);
    expect(await scene.spoke()).toMatchObject({ connected: false });
  });

  it.each([
    { name: 'one that was signed before the change', signer: 'key-1', seconds: -30 },
    { name: 'one out of its time', signer: 'key-1', seconds: -3600 },
    { name: 'one for another hub', signer: 'key-1', seconds: 0, change: { hub: 'another' } },
    { name: 'one of a key that never was', signer: 'key-9', seconds: 0 },
  ])('raises none by a token that proves nothing: $name', async ({ signer, seconds, change }) => {
    const scene = await changed();
    const issuedAt = new Date(scene.clock.now().getTime() + seconds * 1000);
    const expiresAt = new Date(issuedAt.getTime() + 60_000);
    expect(await shows(scene, signer, { issuedAt, expiresAt, ...change })).toMatchObject({
      ok: false,
      error: {
        code: 'spoke/unauthenticated',
        detail: expect.stringMatching('^the session token is not signed by the key of a spoke'),
      },
    });
    expect((await scene.spoke()).alarm).toBeUndefined();
    expect((await shows(scene, 'key-2')).ok).toBe(true);
  });

  it.each(['key-1', 'key-2', 'key-3'])(
    'is known through two more changes: %s',
    async (publicKey) => {
      const scene = await changed();
      await changesKey(scene, 'key-2', 'key-3');
      await changesKey(scene, 'key-3', 'key-4');
      scene.clock.advance(60_000);
      await shows(scene, publicKey);
      expect(await scene.spoke()).toMatchObject({ alarm: { kind: 'clone' } });
    },
  );

  it('is not made to be forgotten: the fourth change within a day is an alarm, too', async () => {
    const scene = await changed();
    await changesKey(scene, 'key-2', 'key-3');
    await changesKey(scene, 'key-3', 'key-4');
    const session = must(await openSession(scene.context, admitted('dev', 'key-4'), HELLO));
    const offer = offerOf('key-5');
    expect(await storeNextKey(scene.context, session, offer)).toMatchObject({
      ok: false,
      error: {
        code: 'spoke/not_accepted',
        detail: expect.stringMatching(
          /revoke the spoke, delete its folder identity and let it join with a new token$/,
        ),
      },
    });
    expect(await scene.spoke()).toMatchObject({
      ...{ connected: false, alarm: { kind: 'clone' } },
      credential: { publicKey: 'key-4' },
    });
    expect(await shows(scene, 'key-4')).toMatchObject(refusedFor('spoke/not_accepted'));
  });

  it('is forgotten after three more, each a day after the one before', async () => {
    const scene = await changed();
    for (const number of [3, 4, 5]) {
      scene.clock.advance(DAY_MS);
      await changesKey(scene, `key-${number - 1}`, `key-${number}`);
    }
    scene.clock.advance(60_000);
    await shows(scene, 'key-1');
    expect(await alarms(scene)).toBe(0);
    await shows(scene, 'key-2');
    expect(await alarms(scene)).toBe(1);
  });

  it('is of no more interest once the spoke has joined anew', async () => {
    const scene = await changed();
    await scene.token('token-2', { clusterUid: 'cluster-1' });
    must(await scene.join({ token: 'token-2', publicKey: 'key-3' }));
    expect(await shows(scene, 'key-1')).toMatchObject(refusedFor('spoke/unauthenticated'));
    expect((await shows(scene, 'key-3')).ok).toBe(true);
  });

  it('is revoked with its spoke, so that nobody joins with it', async () => {
    const scene = await changed();
    must(await revokeSpoke(scene.context, PERSON, { name: 'dev', reason: 'it was copied' }));
    expect((await scene.spoke()).revocation?.publicKeys).toEqual(['key-2', 'key-1']);
    expect(await shows(scene, 'key-1')).toMatchObject(refusedFor('spoke/unauthenticated'));
    expect(await alarms(scene)).toBe(0);
  });
});
