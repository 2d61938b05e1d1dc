import type { KeySetRecord } from '@apollo-deploy/orchestration';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SpokeScene } from '../testing/spokes/spoke-scene.js';
import { SigningWatch } from './signing-watch.js';

const sign = (): Promise<never> => Promise.reject(new Error('nothing is to be signed'));
const LOOKS_AGAIN_MS = 30_000;

let scene: SpokeScene;
beforeEach(async () => {
  scene = await SpokeScene.build();
});

async function add(keyId: string, change: Partial<KeySetRecord> = {}): Promise<void> {
  const set: KeySetRecord = {
    ...{ version: 1, threshold: 1, envelope: {}, addedBy: 'ada' },
    keys: [{ keyId, publicKey: `public-${keyId}`, purpose: 'plan' }],
    addedAt: '2026-01-05T09:00:00.000Z',
    ...change,
  };
  await scene.context.store.transact(async ({ keySets }) => {
    await keySets.insert(set);
  });
}

function watchWith(keyIds: readonly string[]): SigningWatch {
  const { log, time: timer } = scene;
  const context = { ...scene.context, signer: { keyIds, sign } };
  return new SigningWatch({ ...{ context, timer, log }, random: () => 0.5 });
}

describe('whether a replica signs', () => {
  it.each([
    { name: 'with a key of the newest key set', keyIds: ['a'], threshold: 1, signs: true },
    { name: 'with none of its keys', keyIds: ['b'], threshold: 1, signs: false },
    { name: 'with too few of its keys', keyIds: ['a'], threshold: 2, signs: false },
  ])('is $signs $name', async ({ keyIds, threshold, signs }) => {
    await add('a', { threshold });
    const watch = watchWith(keyIds);
    const idle = scene.time.waitBegins(LOOKS_AGAIN_MS);
    watch.start();
    await idle;
    expect(watch.signs).toBe(signs);
    await watch.stop();
  });

  it('follows the key sets that any replica takes', async () => {
    await add('a');
    const watch = watchWith(['a']);
    const idle = scene.time.waitBegins(LOOKS_AGAIN_MS);
    watch.start();
    await idle;
    const again = scene.time.waitBegins(LOOKS_AGAIN_MS);
    await add('b', { version: 2 });
    await again;
    expect(watch.signs).toBe(false);
    await watch.stop();
  });

  it('ends with the newest key set', async () => {
    await add('a', { expiresAt: '2026-01-05T09:00:01.000Z' });
    const watch = watchWith(['a']);
    const idle = scene.time.waitBegins(LOOKS_AGAIN_MS);
    watch.start();
    await idle;
    expect(watch.signs).toBe(true);
    scene.time.advance(1000);
    expect(watch.signs).toBe(false);
    await watch.stop();
  });
});
