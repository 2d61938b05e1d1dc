import { randomUUID } from 'node:crypto';
import { HttpKubeApi, KubeConnection } from '@apollo-deploy/kube';
import { ownTestCluster, type OwnTestCluster } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterScene } from '../testing/cluster-scene.js';

const LONG_ENOUGH_MS = 120_000;

describe('what a spoke sees of a real cluster', () => {
  let cluster: OwnTestCluster;
  let scene: ClusterScene;
  let namespace: string;

  beforeAll(async () => {
    cluster = await ownTestCluster();
    scene = await ClusterScene.open({ cluster });
    namespace = `truth-${randomUUID().slice(0, 8)}`;
    await scene.installed(namespace);
  }, 900_000);
  afterAll(() => scene.close());

  /** Sets the image of the Deployment, as a person over a connection of their own. */
  async function setImage(image: string): Promise<void> {
    const { kubeconfigPath: path } = cluster;
    const person = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path }), 'kubectl/1');
    const name = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name: 'web' },
    };
    const container = { name: 'fragile-service', image };
    const spec = { template: { spec: { containers: [container] } } };
    const set = await person.apply({ ...name, spec }, { fieldManager: 'kubectl', force: true });
    person.close();
    if (!set.ok) throw new Error(set.error.message);
  }

  it(
    'holds what its pods use, where that is measured',
    async () => {
      const measured = await scene.report(
        namespace,
        ({ resources }) => resources?.usage !== undefined,
      );
      expect(measured.resources).toMatchObject({
        ...{ requests: { cpu: '50m' }, pods: 1, measuredPods: 1 },
        usage: { cpu: expect.any(String), memory: expect.any(String) },
      });
    },
    LONG_ENOUGH_MS,
  );

  it(
    'is true again once the API server was killed and another one has come',
    async () => {
      await cluster.replaceApiServer();
      await setImage('registry.example/other:1');
      const drifted = await scene.report(namespace, ({ drift }) => drift.length > 0);
      expect(drifted.drift).toMatchObject([
        { kind: 'Deployment', name: 'web', live: '"registry.example/other:1"' },
      ]);
    },
    LONG_ENOUGH_MS,
  );

  it('stays numbered without a gap over that', () => {
    const generations = scene.hub.frames.flatMap((frame) =>
      frame.t === 'state.delta' || frame.t === 'state.full' ? [frame.p.generation] : [],
    );
    const [first = 0] = generations;
    expect(generations).toEqual(generations.map((_, index) => first + index));
  });
});
