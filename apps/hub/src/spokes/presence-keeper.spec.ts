import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { SpokeScene } from '../testing/spokes/spoke-scene.js';
import { PresenceKeeper } from './presence-keeper.js';

async function build() {
  const scene = await SpokeScene.build();
  const { context, sessions, time, log } = scene;
  const presence = new PresenceKeeper({ context, sessions, timer: time, random: () => 0.5, log });
  return { scene, presence, time };
}

describe('the presence of spokes', () => {
  it('is written for all that were heard, with the time of each', async () => {
    const { scene, presence, time } = await build();
    for (const spoke of ['dev', 'dev-2']) await scene.connect(spoke);
    time.advance(1000);
    presence.note('dev');
    time.advance(1000);
    presence.note('dev-2');
    const idle = time.waitBegins(8000);
    presence.start();
    await idle;
    expect((await scene.store.spoke('dev'))?.lastSeenAt).toBe('2026-01-05T09:00:01.000Z');
    expect((await scene.store.spoke('dev-2'))?.lastSeenAt).toBe('2026-01-05T09:00:02.000Z');
    await presence.stop();
  });

  it('is not lost by an outage of the store', async () => {
    const { scene, presence, time } = await build();
    await scene.connect();
    time.advance(1000);
    presence.note('dev');
    scene.store.failures.push(new StoreUnavailable('the store does not answer'));
    const failed = time.waitBegins(500);
    presence.start();
    await failed;
    const idle = time.waitBegins(8000);
    time.advance(500);
    await idle;
    expect((await scene.store.spoke())?.lastSeenAt).toBe('2026-01-05T09:00:01.000Z');
    await presence.stop();
  });

  it.each([
    { name: 'is revoked', change: { revoked: true }, code: 4403 },
    { name: 'has a session on another replica', change: { epoch: 2 }, code: 4409 },
  ])('ends with $code, without a frame of the spoke, where it $name', async ({ change, code }) => {
    const { scene, presence, time } = await build();
    const [spoke, other] = [await scene.connect('dev'), await scene.connect('dev-2')];
    await scene.store.changeSpoke('dev', change);
    const idle = time.waitBegins(8000);
    presence.start();
    await idle;
    expect(await spoke.socket.ended).toMatchObject({ code });
    await other.caughtUp();
    expect(scene.sessions.spokes()).toEqual(['dev-2']);
    await presence.stop();
  });
});
