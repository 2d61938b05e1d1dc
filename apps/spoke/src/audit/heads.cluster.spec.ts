import type { KubeObject } from '@apollo-deploy/kube';
import {
  eventually,
  sharedTestCluster,
  type SharedTestCluster,
} from '@apollo-deploy/local-cluster/testing';
import type { AuditHead } from '@apollo-deploy/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterScene } from '../testing/cluster-scene.js';

const head = (number: number, letter: string): AuditHead => ({
  ...{ number, hash: letter.repeat(64) },
  at: '2026-03-02T12:00:00.000Z',
});

describe('heads of the audit trail in a real cluster', () => {
  let cluster: SharedTestCluster;
  let scene: ClusterScene;
  beforeAll(async () => {
    cluster = await sharedTestCluster();
  });
  afterEach(() => scene.close());
  afterAll(() => cluster.release());

  /** The spoke starts, in this namespace of its own. The cluster stays when it goes. */
  async function starts(namespace: string): Promise<void> {
    const staying = { ...cluster, release: () => Promise.resolve() };
    scene = await ClusterScene.open({ namespace, cluster: staying });
  }

  /** What the ConfigMap holds once it holds something under this key. */
  function keptIn(namespace: string, key: string): Promise<Readonly<Record<string, unknown>>> {
    return eventually(`${key} to be kept`, async () => {
      const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
      const selection = { namespace, labelSelector: 'apollo.dev/audit-heads' };
      const listed = await scene.kube.list(kind, selection);
      const [object] = listed.ok ? listed.value.items : [];
      const data = dataOf(object);
      return key in data ? data : undefined;
    });
  }

  it('outlive the spoke, and show that the trail was cut: both are kept, and people are told', async () => {
    const namespace = await cluster.freshNamespace('heads');
    await starts(namespace);
    scene.hub.tellHead(head(105, 'a'));
    const { newest, ...days } = await keptIn(namespace, 'newest');
    expect(newest).toEqual({ ...head(105, 'a'), keptAt: expect.any(String) });
    expect(Object.values(days)).toEqual([newest]);
    await scene.close();

    await starts(namespace);
    scene.hub.tellHead(head(103, 'b'));
    const alarm = await scene.hub.eventually(() => {
      const frame = scene.hub.frames.find(({ t }) => t === 'alarm');
      return frame?.t === 'alarm' ? frame.p : undefined;
    });
    expect(alarm).toMatchObject({ planId: 'audit-head-103', reason: 'AuditHeadContradicted' });
    expect(await keptIn(namespace, 'contradicted')).toEqual({
      ...{ newest, ...days },
      contradicted: { kept: newest, told: { ...head(103, 'b'), keptAt: expect.any(String) } },
    });
  });
});

function dataOf(object: KubeObject | undefined): Readonly<Record<string, unknown>> {
  const texts = Object.entries((object?.['data'] ?? {}) as Readonly<Record<string, string>>);
  return Object.fromEntries(texts.map(([key, text]) => [key, JSON.parse(text) as unknown]));
}
