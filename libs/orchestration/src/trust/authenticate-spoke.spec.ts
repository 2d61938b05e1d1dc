import { describe, expect, it } from '@jest/globals';
import { HELLO, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { admitted } from '../testing/joined-spoke.js';
import { TrustScene } from '../testing/trust-scene.js';
import { openSession } from '../spokes/spoke-session.js';
import { recordPlanResult } from '../spokes/record-plan-result.js';
import { authenticateSpoke } from './authenticate-spoke.js';
import { revokeSpoke } from './revoke-spoke.js';

const refusedFor = (code: string) => ({ ok: false, error: { code } });
const seconds = (later: number) => new Date(Date.UTC(2026, 0, 5, 9) + later * 1000);

describe('a session token', () => {
  it('lets its spoke in once, on any replica', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    const token = await scene.shows();
    expect(await authenticateSpoke(scene.context, token)).toEqual({
      ok: true,
      value: { spoke: 'dev', publicKey: 'key-1' },
    });
    const replica = { ...scene.context, startedAt: scene.clock.now() };
    expect(await authenticateSpoke(replica, token)).toMatchObject(refusedFor('spoke/token_used'));
  });

  it.each([
    { name: 'signed by another key', signer: 'key-2', change: {} },
    { name: 'for another hub', signer: 'key-1', change: { hub: 'hub-of-others' } },
    { name: 'of a spoke that is not known', signer: 'key-1', change: { spoke: 'none' } },
  ])('$name is refused in the same words', async ({ signer, change }) => {
    const scene = await TrustScene.build();
    await scene.joined();
    expect(await authenticateSpoke(scene.context, await scene.shows(signer, change))).toEqual({
      ok: false,
      error: {
        code: 'spoke/unauthenticated',
        detail:
          'the session token is not signed by the key of a spoke of this hub; if the spoke is new here, give it a join token (POST /api/v1/join-tokens)',
      },
    });
  });

  it.each([
    { name: 'from 30 s ahead', from: 30, ok: true },
    { name: 'from more than 30 s ahead', from: 31, ok: false },
    { name: 'that ended 30 s ago', from: -90, ok: true },
    { name: 'that ended more than 30 s ago', from: -91, ok: false },
    { name: 'from an hour ago', from: -3600, ok: false },
  ])('$name lets in: $ok', async ({ from, ok }) => {
    const scene = await TrustScene.build();
    await scene.joined();
    const times = { issuedAt: seconds(from), expiresAt: seconds(from + 60) };
    const shown = await authenticateSpoke(scene.context, await scene.shows('key-1', times));
    expect(shown.ok).toBe(ok);
  });

  it('that is out of its time is told what time it is, and how far clocks may differ', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    const times = { issuedAt: seconds(3600), expiresAt: seconds(3660) };
    expect(await authenticateSpoke(scene.context, await scene.shows('key-1', times))).toEqual({
      ok: false,
      error: {
        code: 'spoke/token_untimely',
        detail:
          'the session token is good from 2026-01-05T10:00:00.000Z to 2026-01-05T10:01:00.000Z, and it is 2026-01-05T09:00:00.000Z here; clocks may differ by 30 s: sign a new one, and set the clock of the spoke',
        data: { serverTime: '2026-01-05T09:00:00.000Z' },
      },
    });
  });

  it('of a spoke that nobody has accepted says so', async () => {
    const scene = await TrustScene.build();
    await scene.token('token-1');
    must(await scene.join());
    expect(await authenticateSpoke(scene.context, await scene.shows())).toMatchObject(
      refusedFor('spoke/not_accepted'),
    );
  });

  it('of a spoke that is revoked says so', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    must(await revokeSpoke(scene.context, PERSON, { name: 'dev', reason: 'it was copied' }));
    expect(await authenticateSpoke(scene.context, await scene.shows())).toMatchObject(
      refusedFor('spoke/revoked'),
    );
  });

  it('is over long before a plan is: the session goes on, and the next one takes the result', async () => {
    const scene = await TrustScene.build();
    const { context } = scene;
    await scene.joined();
    const first = must(await authenticateSpoke(context, await scene.shows()));
    const session = must(await openSession(context, first, HELLO));
    scene.clock.advance(40 * 60_000);
    const verdict = { planId: 'plan-1', attempt: 1, result: SUCCEEDED };
    expect(await recordPlanResult(context, session, verdict)).toMatchObject({ ok: true });
    const again = must(await authenticateSpoke(context, await scene.shows()));
    const next = must(await openSession(context, again, HELLO));
    expect(await recordPlanResult(context, next, verdict)).toMatchObject({ ok: true });
  });
});

describe('two agents with one key', () => {
  const connect = (scene: TrustScene, agentInstance: string) =>
    openSession(scene.context, admitted('dev', 'key-1'), { ...HELLO, agentInstance });

  it('that keep taking the session from each other are an alarm, and neither gets in', async () => {
    const scene = await TrustScene.build();
    await scene.joined();
    for (const instance of ['one', 'two', 'one']) {
      must(await connect(scene, instance));
      scene.clock.advance(45_000);
    }
    expect(await connect(scene, 'two')).toMatchObject(refusedFor('spoke/not_accepted'));
    expect(await scene.spoke()).toMatchObject({ alarm: { kind: 'clone' }, connected: false });
    expect(await connect(scene, 'one')).toMatchObject(refusedFor('spoke/not_accepted'));
    expect(await scene.audit()).toContain('spoke.alarm.clone');
    expect(await scene.events()).toContain('spoke.alarm');
  });

  it.each([
    { name: 'one that connects again and again', instances: ['a', 'a', 'a', 'a'], everyMs: 1000 },
    { name: 'one that is started anew', instances: ['a', 'b', 'c', 'd', 'e'], everyMs: 1000 },
    { name: 'an old one that goes', instances: ['a', 'b', 'a', 'b'].slice(1), everyMs: 45_000 },
    { name: 'two in two hours', instances: ['a', 'b', 'a', 'b', 'a'], everyMs: 1_800_000 },
  ])('are not $name', async ({ instances, everyMs }) => {
    const scene = await TrustScene.build();
    await scene.joined();
    for (const instance of instances) {
      must(await connect(scene, instance));
      scene.clock.advance(everyMs);
    }
    expect((await scene.spoke()).alarm).toBeUndefined();
  });
});
