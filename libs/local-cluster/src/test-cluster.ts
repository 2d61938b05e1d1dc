import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalCluster } from './local-cluster.js';
import { LocalClusterError } from './local-cluster-error.js';
import { prepareBinaries } from './prepare-binaries.js';
import type { OnProgress } from './go-build.js';

/** A cluster for one run of tests, with the Helm that belongs to it. */
export interface TestCluster {
  readonly kubeconfigPath: string;
  readonly apiUrl: string;
  /** Absolute path of the pinned Helm. */
  readonly helm: string;
  /** Absolute path of the pinned Helm 3. */
  readonly helm3: string;
  /** Stops the cluster and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts an empty cluster in a temporary directory, which dies with this process (for a global
 * set-up of tests). Throws `LocalClusterError` when it cannot be had.
 */
export async function startTestCluster(onProgress?: OnProgress): Promise<TestCluster> {
  const binaries = await prepareBinaries(onProgress === undefined ? {} : { onProgress });
  if (!binaries.ok) throw new LocalClusterError(binaries.error.message, false);
  const directory = await mkdtemp(join(tmpdir(), 'apollo-test-cluster-'));
  const options = { name: 'test', directory, binaries: binaries.value, dieWithParent: true };
  const cluster = await LocalCluster.start(options);
  return {
    kubeconfigPath: cluster.kubeconfigPath,
    apiUrl: cluster.apiUrl,
    helm: binaries.value.helm,
    helm3: binaries.value.helm3,
    async stop() {
      await cluster.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
