import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  detectHelm,
  findDeathSignal,
  HelmCliRunner,
  type HelmRunner,
  ReleaseReader,
} from '@apollo-deploy/helm';
import { HttpKubeApi, KubeConnection, systemTimer, type Timer } from '@apollo-deploy/kube';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { HelmHead, PlanOffer, ReleaseReport } from '@apollo-deploy/protocol';
import { pino } from 'pino';
import { packChart } from '../../../../tools/pack-chart.mjs';
import { SpokeAgent } from '../agent.js';
import { systemClock } from '../clock.js';
import { DeployerAccounts } from '../deployers/deployer-accounts.js';
import { ChartFetcher } from '../execution/chart-fetcher.js';
import { ProcProcessTable } from '../execution/process-table.js';
import { PolicyFile } from '../policy/policy-file.js';
import type { TrustedKeys } from '../trust/trusted-keys.js';
import { anOffer, type OfferSketch } from './plan-offers.js';
import { TestHub } from './test-hub.js';
import { fixedCredentials } from './fixed-credentials.js';

const EXAMPLES = join(import.meta.dirname, '../../../../examples');
const FAR_AWAY = '2100-01-01T00:00:00Z';

interface SceneOptions {
  /** With Helm 3 in place of Helm 4. */
  readonly helm3?: boolean;
  /** In place of the one that all tests share; released with the scene. */
  readonly cluster?: SharedTestCluster;
  /** For everything but Helm, in place of the account that may do everything. */
  readonly kubeconfigPath?: string;
  /** The service account that acts in each namespace, in place of one that may do everything. */
  readonly deployer?: string;
  /** The spoke's own, in place of a new one. */
  readonly namespace?: string;
  /** Where to look if the account may not look everywhere. */
  readonly namespaces?: readonly string[];
  readonly timer?: Timer;
  /** In place of a folder of the scene's own: where charts are kept and Helm works. */
  readonly workDirectory?: string;
  /** The file that says what the owner of the cluster allows; absent: everything. */
  readonly policyFile?: string;
  /** Whose signatures a plan needs; absent: none. */
  readonly keys?: TrustedKeys;
  /** Something to stand between the spoke and its Helm. */
  readonly around?: (helm: HelmRunner) => HelmRunner;
}

/** A spoke on a real cluster with the real Helm, and the hub it is connected to. */
export class ClusterScene {
  private constructor(
    readonly cluster: SharedTestCluster,
    readonly hub: TestHub,
    readonly kube: HttpKubeApi,
    readonly agent: SpokeAgent,
    private readonly directory: string,
    private readonly deployers: DeployerAccounts | null,
  ) {}

  static async open({ cluster, ...more }: SceneOptions = {}): Promise<ClusterScene> {
    return ClusterScene.on(cluster ?? (await sharedTestCluster()), more);
  }

  private static async on(
    cluster: SharedTestCluster,
    options: SceneOptions,
  ): Promise<ClusterScene> {
    const { helm3 = false, namespaces = [], timer = systemTimer, around = (cli) => cli } = options;
    const { kubeconfigPath } = cluster;
    const path = options.kubeconfigPath ?? kubeconfigPath;
    const hub = await TestHub.start();
    const helmPath = helm3 ? cluster.helm3 : cluster.helm;
    const connection = new KubeConnection({ from: 'kubeconfig', path });
    const kube = new HttpKubeApi(connection, 'apollo-spoke');
    const version = await detectHelm(helmPath);
    if (!version.ok) throw new Error(version.error.message);
    const directory = await mkdtemp(join(tmpdir(), 'apollo-spoke-'));
    const workDirectory = options.workDirectory ?? directory;
    const token = () => Promise.resolve(hub.token);
    const setprivPath = await findDeathSignal();
    const helmWith = (config: string): HelmCliRunner =>
      new HelmCliRunner({
        ...{ helmPath, version: version.value, kubeconfigPath: config, setprivPath },
        ...{ workDirectory: join(workDirectory, 'helm'), environment: process.env },
      });
    const log = pino({ level: 'silent' });
    const deployers =
      options.deployer === undefined
        ? null
        : new DeployerAccounts({
            ...{ account: options.deployer, connection, tokens: kube, helmWith, log },
            ...{ reader: new ReleaseReader(kube), directory: join(workDirectory, 'deployers') },
            ...{ clock: systemClock, timer: systemTimer, userAgent: 'apollo-spoke' },
          });
    const agent = new SpokeAgent({
      ...(deployers !== null && { deployers }),
      ...{ kube, maxParallel: 2, healthRules: {}, driftRules: [], socketUrl: hub.socketUrl },
      credentials: fixedCredentials(hub.token),
      helm: around(helmWith(kubeconfigPath)),
      charts: new ChartFetcher({
        ...{ hubUrl: hub.httpUrl, token, directory: join(workDirectory, 'charts') },
      }),
      processes: new ProcProcessTable(),
      cluster: { uid: 'cluster-1', kubernetesVersion: 'v1.36.3' },
      self: { instance: 'test', host: 'test', agent: { pid: process.pid, startedAt: null } },
      namespace: options.namespace ?? (await cluster.freshNamespace('apollo-system')),
      namespaces,
      hub: () => Promise.resolve('hub-1'),
      ...(options.policyFile !== undefined && { policy: new PolicyFile(options.policyFile, kube) }),
      ...(options.keys !== undefined && { keys: options.keys }),
      ...{ clock: systemClock, timer, random: Math.random, newId: randomUUID, log },
    });
    agent.start();
    await hub.eventually(() => hub.frames.find(({ t }) => t === 'state.full'));
    return new ClusterScene(cluster, hub, kube, agent, directory, deployers);
  }

  async close(): Promise<void> {
    await this.agent.stop();
    await this.deployers?.stop();
    this.kube.close();
    await this.hub.stop();
    await this.cluster.release();
    await rm(this.directory, { recursive: true });
  }

  /** An offer of a chart of the examples, such as `broken/good`. */
  offer(folder: string, version: string, sketch: OfferSketch): PlanOffer {
    const name = folder.startsWith('broken') ? 'fragile-service' : (folder.split('/')[1] ?? '');
    return this.offerOf(packChart(join(EXAMPLES, folder)), { name, version }, sketch);
  }

  /** An offer of the chart in this archive. */
  offerOf(
    archive: Uint8Array,
    chart: { readonly name: string; readonly version: string },
    sketch: OfferSketch,
  ): PlanOffer {
    const sha256 = this.hub.addChart(archive);
    return anOffer({
      ...{ planId: randomUUID(), expiresAt: FAR_AWAY, rolloutTimeoutSeconds: 60 },
      ...{ chart: { ...chart, sha256 }, release: 'web', ...sketch },
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
