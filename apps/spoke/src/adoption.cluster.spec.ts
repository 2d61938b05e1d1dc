import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReleaseReport } from '@apollo-deploy/protocol';
import { ClusterScene } from './testing/cluster-scene.js';

const run = promisify(execFile);
const GOOD = join(import.meta.dirname, '../../../examples/broken/good');

describe.each([{ helm: 4 }, { helm: 3 }] as const)(
  'a release made by hand, Helm $helm,',
  (given) => {
    let scene: ClusterScene;
    let namespace: string;
    beforeAll(async () => {
      scene = await ClusterScene.open({ helm3: given.helm === 3 });
      namespace = await scene.cluster.freshNamespace('by-hand');
    });
    afterAll(() => scene.close());

    const helm = async (...args: readonly string[]): Promise<string> => {
      const { cluster } = scene;
      const path = given.helm === 3 ? cluster.helm3 : cluster.helm;
      const where = [`--kubeconfig=${cluster.kubeconfigPath}`, `--namespace=${namespace}`];
      return (await run(path, [...args, ...where])).stdout;
    };
    /** What the spoke says of this revision once Helm is done with it. */
    const report = (revision: number): Promise<ReleaseReport> =>
      scene.report(
        namespace,
        ({ head }) => head.revision === revision && !head.status.startsWith('pending-'),
      );
    const upgrade = async (revision: number, adopt = false) => {
      const { releaseDigest } = (await report(revision)).head;
      return scene.offer('broken/good', '1.0.0', {
        ...{ namespace, type: 'upgrade', base: { revision, releaseDigest } },
        values: { config: { MODE: 'quiet' } },
        ...(adopt && { adopt: true }),
      });
    };

    it('is reported as not Apollo’s', async () => {
      await helm('install', 'web', GOOD);
      expect((await report(1)).head).toMatchObject({ unmanaged: true, status: 'deployed' });
    });

    it('is refused by a plan that does not adopt it, with the way to have it adopted', async () => {
      expect(await scene.hub.verdict(await upgrade(1))).toMatchObject({
        ...{ verdict: 'failed', outcome: 'refused', reason: 'release/not_ours' },
        message: expect.stringContaining('PUT /api/v1/entities/web/adoption'),
      });
      const history = JSON.parse(await helm('history', 'web', '--output=json')) as unknown[];
      expect(history).toHaveLength(1);
    });

    it('is upgraded in place by one that does, with its history, and is Apollo’s then', async () => {
      const offer = await upgrade(1, true);
      expect(await scene.hub.verdict(offer)).toMatchObject({
        ...{ verdict: 'succeeded', evidence: { head: { revision: 2 } } },
      });
      const { head } = await report(2);
      expect(head).toMatchObject({ planId: offer.planId, status: 'deployed' });
      expect(head).not.toHaveProperty('unmanaged');
      const history = JSON.parse(await helm('history', 'web', '--output=json')) as unknown[];
      expect(history).toMatchObject([
        { revision: 1, status: 'superseded' },
        { revision: 2, status: 'deployed' },
      ]);
    });

    it('needs no word from then on, not even after it was upgraded by hand', async () => {
      await helm('upgrade', 'web', GOOD);
      expect((await report(3)).head).not.toHaveProperty('unmanaged');
      expect(await scene.hub.verdict(await upgrade(3))).toMatchObject({ verdict: 'succeeded' });
    });

    it('is adopted as well where its last upgrade by hand has failed', async () => {
      namespace = await scene.cluster.freshNamespace('by-hand');
      await helm('install', 'web', GOOD);
      const bad = helm('upgrade', 'web', GOOD, '--set=resources.requests.memory=2Gi');
      await expect(bad).rejects.toThrow('less than or equal to memory limit');
      expect((await report(2)).head).toMatchObject({ unmanaged: true, status: 'failed' });
      expect(await scene.hub.verdict(await upgrade(2, true))).toMatchObject({
        verdict: 'succeeded',
      });
      expect((await report(3)).head).not.toHaveProperty('unmanaged');
    });

    it('stays as an adoption left it that got unhealthy, and the way back that is told works', async () => {
      namespace = await scene.cluster.freshNamespace('by-hand');
      await helm('install', 'web', GOOD);
      const { releaseDigest } = (await report(1)).head;
      const offer = scene.offer('broken/crash-looping', '1.1.0', {
        ...{ namespace, type: 'upgrade', base: { revision: 1, releaseDigest }, adopt: true },
      });
      const verdict = await scene.hub.verdict(offer);
      expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'unhealthy' });
      const told =
        /revision 1 was in effect before.*with "helm (rollback web 1) --namespace (\S+)"$/;
      expect(verdict.message).toMatch(told);
      expect((await report(2)).head).toMatchObject({ status: 'deployed', planId: offer.planId });
      await helm('rollback', 'web', '1');
      expect((await report(3)).head).toMatchObject({ status: 'deployed', chartVersion: '1.0.0' });
    });

    it('is not mistaken for objects that were made without Helm, which are left alone', async () => {
      namespace = await scene.cluster.freshNamespace('by-hand');
      await scene.kube.create({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace, name: 'web' },
        spec: { ports: [{ port: 80 }] },
      });
      const offer = scene.offer('broken/good', '1.0.0', { namespace });
      expect(await scene.hub.verdict(offer)).toMatchObject({
        ...{ verdict: 'failed', outcome: 'refused', reason: 'helm/not_owned' },
        message: expect.stringContaining(
          `Service ${namespace}/web exists and belongs to no release`,
        ),
      });
      const left = await scene.kube.list(
        { apiVersion: 'apps/v1', kind: 'Deployment' },
        { namespace },
      );
      expect(left).toMatchObject({ ok: true, value: { items: [] } });
    });
  },
);
