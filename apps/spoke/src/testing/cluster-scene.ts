import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectHelm, findDeathSignal, HelmCliRunner } from '@apollo-deploy/helm';
import { HttpKubeApi, KubeConnection, systemTimer } from '@apollo-deploy/kube';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { HelmHead, PlanOffer, ReleaseReport } from '@apollo-deploy/protocol';
import { pino } from 'pino';
import { packChart } from '../../../../tools/pack-chart.mjs';
import { SpokeAgent } from '../agent.js';
import { systemClock } from '../clock.js';
import { ChartFetcher } from '../execution/chart-fetcher.js';
import { ProcProcessTable } from '../execution/process-table.js';
import { anOffer, type OfferSketch } from './plan-offers.js';
import { TestHub } from './test-hub.js';

const EXAMPLES = join(import.meta.dirname, '../../../../examples');
const FAR_AWAY = '2100-01-01T00:00:00Z';

interface SceneOptions {
  /** With Helm 3 in place of Helm 4. */
  readonly helm3?: boolean;
  /** In place of the one that all tests share; released with the scene. */
  readonly cluster?: SharedTestCluster;
}

/** A spoke on a real cluster with the real Helm, and the hub it is connected to. */
export class ClusterScene {
  private constructor(
    readonly cluster: SharedTestCluster,
    readonly hub: TestHub,
    readonly kube: HttpKubeApi,
    readonly agent: SpokeAgent,
    private readonly directory: string,
  ) {}

  static async open({ helm3 = false, cluster }: SceneOptions = {}): Promise<ClusterScene> {
    return ClusterScene.on(cluster ?? (await sharedTestCluster()), helm3);
  }

  private static async on(cluster: SharedTestCluster, helm3: boolean): Promise<ClusterScene> {
    const hub = await TestHub.start();
    const { kubeconfigPath } = cluster;
    const helmPath = helm3 ? cluster.helm3 : cluster.helm;
    const kube = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path: kubeconfigPath }));
    const version = await detectHelm(helmPath);
    if (!version.ok) throw new Error(version.error.message);
    const directory = await mkdtemp(join(tmpdir(), 'apollo-spoke-'));
    const token = () => Promise.resolve(hub.token);
    const agent = new SpokeAgent({
      ...{ kube, token, maxParallel: 2, healthRules: {}, driftRules: [], socketUrl: hub.socketUrl },
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
    return new ClusterScene(cluster, hub, kube, agent, directory);
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
