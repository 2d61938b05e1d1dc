import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterScene } from './testing/cluster-scene.js';

describe('a spoke on a real cluster', () => {
  let scene: ClusterScene;
  let namespace: string;
  beforeAll(async () => {
    scene = await ClusterScene.open();
  });
  afterAll(() => scene.close());

  it('installs into a namespace it makes, and says what it saw', async () => {
    namespace = `fresh-${randomUUID().slice(0, 8)}`;
    const offer = scene.offer('broken/good', '1.0.0', { namespace });
    const { result, release } = await scene.hub.carryOut(offer);
    expect(result).toMatchObject({
      verdict: 'succeeded',
      evidence: { head: { revision: 1, status: 'deployed' }, objects: 4 },
    });
    expect(release).toMatchObject({
      ...{ namespace, releaseName: 'web', health: 'Healthy', drift: [] },
      head: { revision: 1, planId: offer.planId, chartVersion: '1.0.0' },
      pods: [{ phase: 'Running', ready: true, restarts: 0, requests: { cpu: '50m' } }],
    });
  });

  it('sends new values as a new revision', async () => {
    const { revision, releaseDigest } = (await scene.report(namespace, () => true)).head;
    const values = { config: { MODE: 'quiet' } };
    const offer = scene.offer('broken/good', '1.0.0', {
      ...{ namespace, type: 'config_update', values, base: { revision, releaseDigest } },
    });
    expect(await scene.hub.verdict(offer)).toMatchObject({
      verdict: 'succeeded',
      evidence: { head: { revision: 2, valuesDigest: offer.content.valuesDigest } },
    });
  });

  it('sees within a moment that somebody deleted a Deployment', async () => {
    await scene.kube.delete({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' });
    const report = await scene.report(namespace, ({ drift }) => drift.length > 0);
    expect(report).toMatchObject({
      health: 'Missing',
      drift: [{ kind: 'Deployment', namespace, name: 'web' }],
    });
  });

  it('uninstalls, and is done when every object is gone', async () => {
    const { revision, releaseDigest } = (await scene.report(namespace, () => true)).head;
    const offer = scene.offer('broken/good', '1.0.0', {
      ...{ namespace, type: 'uninstall', base: { revision, releaseDigest } },
    });
    const { result, release } = await scene.hub.carryOut(offer);
    expect(result).toMatchObject({ verdict: 'succeeded', evidence: { removed: 4 } });
    expect(release).toBeNull();
  });

  it('fails a crash loop at its first back-off, with pod, reason and log', async () => {
    namespace = await scene.cluster.freshNamespace('crash');
    const { revision, releaseDigest } = await scene.installed(namespace);
    const offer = scene.offer('broken/crash-looping', '1.1.0', {
      ...{ namespace, type: 'upgrade', base: { revision, releaseDigest } },
      rolloutTimeoutSeconds: 600,
    });
    const { result, release } = await scene.hub.carryOut(offer);
    expect(result).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy', reason: 'CrashLoopBackOff' },
      message: expect.stringMatching(
        /Deployment .*\/web: .*pod web-[a-z0-9-]+ container .*:\nstarting\n.*\nexiting with code 1$/s,
      ),
      evidence: { log: expect.stringMatching(/^starting\n.*\nexiting with code 1$/s) },
    });
    expect(release).toMatchObject({
      ...{ health: 'Degraded', reason: 'CrashLoopBackOff' },
      message: expect.stringMatching(/^Deployment .*\/web: /),
    });
  });

  it('fails a pod that never gets ready at the rollout timeout, with its log', async () => {
    namespace = await scene.cluster.freshNamespace('never');
    const offer = scene.offer('broken/never-ready', '1.2.0', {
      ...{ namespace, rolloutTimeoutSeconds: 5 },
    });
    expect(await scene.hub.verdict(offer)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy' },
      message: expect.stringMatching(/not ready after .*:\nstarting\nconfiguration read\n/s),
      evidence: { log: expect.stringMatching(/^starting\nconfiguration read\n/) },
    });
  });

  it('calls an upgrade broken whose hook fails, with its log, and leaves the rest as it was', async () => {
    namespace = await scene.cluster.freshNamespace('hook');
    const { revision, releaseDigest } = await scene.installed(namespace);
    const offer = scene.offer('broken/failing-hook', '1.4.0', {
      ...{ namespace, type: 'upgrade', base: { revision, releaseDigest } },
    });
    const { result, release } = await scene.hub.carryOut(offer);
    expect(result).toMatchObject({
      ...{ verdict: 'failed', outcome: 'broken', reason: 'HelmFailed', interrupted: false },
      message: expect.stringMatching(
        /; hook Job .*\/web-migrate: .*pod web-migrate-[a-z0-9]+ failed: .*:\nstarting\n/s,
      ),
      evidence: { log: expect.stringMatching(/^starting\nconfiguration read\n/) },
    });
    expect(release).toMatchObject({
      head: { revision: 2, status: 'failed', deployed: { revision: 1, chartVersion: '1.0.0' } },
    });
  });

  it('refuses what the cluster would refuse, before anything is touched', async () => {
    namespace = await scene.cluster.freshNamespace('invalid');
    const values = { resources: { requests: { memory: '2Gi' }, limits: { memory: '1Mi' } } };
    const offer = scene.offer('broken/good', '1.0.0', { namespace, values });
    const { result, release } = await scene.hub.carryOut(offer);
    expect(result).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused' },
      message: expect.stringMatching(/Deployment .*\/web: .*less than or equal to memory limit/),
    });
    expect(release).toBeNull();
  });

  it('does not tell a value that the schema of a chart refuses', async () => {
    namespace = await scene.cluster.freshNamespace('secret');
    const values = { readyAfter: 'CANARYLEAK55' };
    const offer = scene.offer('broken/good', '1.0.0', { namespace, values });
    const result = await scene.hub.verdict(offer);
    expect(result).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'helm/render_failed' },
      message: expect.stringContaining("'<value of readyAfter>' does not match pattern"),
    });
    const ledgers = await scene.kube.list({ apiVersion: 'v1', kind: 'ConfigMap' });
    const kept = JSON.stringify(ledgers.ok && ledgers.value.items);
    expect(kept).toContain('<value of readyAfter>');
    expect(kept).not.toContain('CANARYLEAK55');
  });

  it('reports what others do with Helm, numbered without a gap', async () => {
    const { frames } = scene.hub;
    const generations = frames.flatMap((frame) =>
      frame.t === 'state.delta' || frame.t === 'state.full' ? [frame.p.generation] : [],
    );
    const [first = 0] = generations;
    expect(generations).toEqual(generations.map((_, index) => first + index));
  });
});
