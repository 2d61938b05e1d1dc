import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectHelm, findDeathSignal, HelmCliRunner } from '@apollo-deploy/helm';
import { HttpKubeApi, KubeConnection, systemTimer } from '@apollo-deploy/kube';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { HelmHead, PlanOffer, ReleaseReport } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { packChart } from '../../../tools/pack-chart.mjs';
import { SpokeAgent } from './agent.js';
import { systemClock } from './clock.js';
import { ChartFetcher } from './execution/chart-fetcher.js';
import { ProcProcessTable } from './execution/process-table.js';
import { anOffer, type OfferSketch } from './testing/plan-offers.js';
import { TestHub } from './testing/test-hub.js';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const FAR_AWAY = '2100-01-01T00:00:00Z';

/** A spoke on a real cluster with the real Helm, and the hub it is connected to. */
class Scene {
  private constructor(
    readonly cluster: SharedTestCluster,
    readonly hub: TestHub,
    readonly kube: HttpKubeApi,
    readonly agent: SpokeAgent,
    private readonly directory: string,
  ) {}

  static async open(): Promise<Scene> {
    const cluster = await sharedTestCluster();
    const hub = await TestHub.start();
    const { kubeconfigPath, helm: helmPath } = cluster;
    const kube = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path: kubeconfigPath }));
    const version = await detectHelm(helmPath);
    if (!version.ok) throw new Error(version.error.message);
    const directory = await mkdtemp(join(tmpdir(), 'apollo-spoke-'));
    const token = () => Promise.resolve(hub.token);
    const agent = new SpokeAgent({
      ...{ kube, token, maxParallel: 2, healthRules: {}, socketUrl: hub.socketUrl },
      helm: new HelmCliRunner({
        ...{ helmPath, version: version.value, kubeconfigPath, environment: process.env },
        ...{ workDirectory: join(directory, 'helm'), setprivPath: await findDeathSignal() },
      }),
      charts: new ChartFetcher({
        ...{ hubUrl: hub.httpUrl, token, directory: join(directory, 'charts') },
      }),
      processes: new ProcProcessTable(),
      cluster: { uid: 'cluster-1', kubernetesVersion: 'v1.36.3' },
      self: { instance: 'test', host: 'test', agent: { pid: process.pid, startedAt: null } },
      namespace: await cluster.freshNamespace('apollo-system'),
      ...{ clock: systemClock, timer: systemTimer, random: Math.random, newId: randomUUID },
      log: pino({ level: 'silent' }),
    });
    agent.start();
    await hub.eventually(() => hub.frames.find(({ t }) => t === 'state.full'));
    return new Scene(cluster, hub, kube, agent, directory);
  }

  async close(): Promise<void> {
    await this.agent.stop();
    this.kube.close();
    await this.hub.stop();
    await this.cluster.release();
    await rm(this.directory, { recursive: true });
  }

  /** An offer of a chart of the examples, such as `broken/good`. */
  offer(folder: string, version: string, sketch: OfferSketch): PlanOffer {
    const sha256 = this.hub.addChart(packChart(join(EXAMPLES, folder)));
    const chart = { name: folder.split('/')[1] ?? '', version, sha256 };
    const fragile = folder.startsWith('broken') ? { ...chart, name: 'fragile-service' } : chart;
    return anOffer({
      ...{ planId: randomUUID(), expiresAt: FAR_AWAY, rolloutTimeoutSeconds: 60 },
      ...{ chart: fragile, release: 'web', ...sketch },
    });
  }

  /** Waits until what the spoke reports of a release is so. */
  report(namespace: string, matches: (report: ReleaseReport) => boolean): Promise<ReleaseReport> {
    return this.hub.eventually(() => {
      const report = this.hub.releases.get(`${namespace}/web`);
      return report !== undefined && matches(report) ? report : undefined;
    });
  }

  /** Installs the chart that works, and answers the head a next plan starts from. */
  async installed(namespace: string): Promise<HelmHead> {
    const offer = this.offer('broken/good', '1.0.0', { namespace });
    const { result, release } = await this.hub.carryOut(offer);
    if (result.verdict !== 'succeeded' || release == null) throw new Error(result.message);
    return release.head;
  }
}

describe('a spoke on a real cluster', () => {
  let scene: Scene;
  let namespace: string;
  beforeAll(async () => {
    scene = await Scene.open();
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
      message: expect.stringMatching(/Deployment .*\/web: .*pod web-[a-z0-9-]+ container/),
    });
    expect(release).toMatchObject({ health: 'Degraded', reason: 'CrashLoopBackOff' });
  });

  it('fails a pod that never gets ready at the rollout timeout', async () => {
    namespace = await scene.cluster.freshNamespace('never');
    const offer = scene.offer('broken/never-ready', '1.2.0', {
      ...{ namespace, rolloutTimeoutSeconds: 5 },
    });
    expect(await scene.hub.verdict(offer)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'unhealthy' },
      message: expect.stringContaining('not ready after'),
    });
  });

  it('calls an upgrade broken whose hook fails, and leaves the rest as it was', async () => {
    namespace = await scene.cluster.freshNamespace('hook');
    const { revision, releaseDigest } = await scene.installed(namespace);
    const offer = scene.offer('broken/failing-hook', '1.4.0', {
      ...{ namespace, type: 'upgrade', base: { revision, releaseDigest } },
    });
    const { result, release } = await scene.hub.carryOut(offer);
    expect(result).toMatchObject({
      ...{ verdict: 'failed', outcome: 'broken', reason: 'HelmFailed', interrupted: false },
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
