import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpKubeApi, KubeConnection } from '@apollo-deploy/kube';
import { sharedTestCluster, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { detectHelm, findDeathSignal } from '../detect-helm.js';
import { HelmCliRunner, type HelmCliOptions } from '../helm-cli-runner.js';
import { packChart, type ChartSource } from './chart-folder.js';

/** What a test against real Helm and a real API server works with. */
export interface HelmBench {
  readonly helm: HelmCliRunner;
  readonly kube: HttpKubeApi;
  readonly cluster: SharedTestCluster;
  /** Fresh, for one test. */
  readonly namespace: string;
  readonly options: HelmCliOptions;
  /** For files of this test file; deleted at its end. */
  readonly directory: string;
  readonly packChart: (chart: ChartSource) => Promise<string>;
}

type Shared = Omit<HelmBench, 'namespace' | 'packChart'>;

/** Real Helm against the shared test cluster; opened once a file, closed at its end. */
export class HelmClusterBench {
  private shared: Promise<Shared> | null = null;
  private charts = 0;

  /** With the Helm of that major version. */
  constructor(private readonly major: 3 | 4 = 4) {}

  async open(): Promise<HelmBench> {
    const shared = await (this.shared ??= openShared(this.major));
    return {
      ...shared,
      namespace: await shared.cluster.freshNamespace('helm'),
      packChart: async (chart) => {
        this.charts += 1;
        const folder = await mkdtemp(join(shared.directory, `charts-${String(this.charts)}-`));
        return packChart(shared.options.helmPath, folder, chart);
      },
    };
  }

  async close(): Promise<void> {
    const shared = await this.shared;
    if (shared === null) return;
    shared.kube.close();
    await rm(shared.directory, { recursive: true });
    await shared.cluster.release();
  }
}

async function openShared(major: 3 | 4): Promise<Shared> {
  const cluster = await sharedTestCluster();
  const directory = await mkdtemp(join(tmpdir(), 'apollo-helm-'));
  const helmPath = major === 3 ? cluster.helm3 : cluster.helm;
  const version = await detectHelm(helmPath);
  if (!version.ok) throw new Error(version.error.message);
  const options: HelmCliOptions = {
    helmPath,
    version: version.value,
    kubeconfigPath: cluster.kubeconfigPath,
    workDirectory: join(directory, 'work'),
    setprivPath: await findDeathSignal(),
    environment: process.env,
  };
  const connection = new KubeConnection({ from: 'kubeconfig', path: cluster.kubeconfigPath });
  const kube = new HttpKubeApi(connection);
  return { helm: new HelmCliRunner(options), kube, cluster, options, directory };
}
