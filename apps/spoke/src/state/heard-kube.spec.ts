import { KubeUnavailable, type KubeObject } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import { heardKube } from './heard-kube.js';

const KIND = { apiVersion: 'v1', kind: 'ConfigMap' };
const REF = { ...KIND, namespace: 'shop', name: 'web' };
const WEB: KubeObject = { ...KIND, metadata: { namespace: 'shop', name: 'web' } };

function scene() {
  const real = new InMemoryKubeApi({ namespaces: ['shop'] });
  let words = 0;
  const kube = heardKube(real, () => void (words += 1));
  return { real, kube, words: () => words };
}

describe('a word of the cluster', () => {
  it('is an answer, and a refusal as well', async () => {
    const { kube, words } = scene();
    expect(await kube.get(REF)).toMatchObject({ ok: false });
    expect(words()).toBe(1);
    await kube.create(WEB);
    await kube.list(KIND);
    expect(words()).toBe(3);
  });

  it('is what a watch brings', async () => {
    const { real, kube, words } = scene();
    const listed = await real.list(KIND);
    if (!listed.ok) throw new Error(listed.error.message);
    const event = new Promise((tell) => {
      kube.watch(KIND, { resourceVersion: listed.value.resourceVersion }, tell);
    });
    await real.create(WEB);
    expect(await event).toMatchObject({ type: 'added' });
    expect(words()).toBe(1);
  });

  it('is no outage, and nothing that a cache answers', async () => {
    const { real, kube, words } = scene();
    real.intercept(() => {
      throw new KubeUnavailable('connection refused', { cause: null });
    });
    await expect(kube.get(REF)).rejects.toThrow(KubeUnavailable);
    await kube.resources();
    await kube.serverVersion();
    expect(words()).toBe(0);
  });
});
