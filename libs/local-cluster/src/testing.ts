import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiClient, type ApiAnswer, type ApiRequest } from './api-client.js';
import { clusterFiles } from './cluster-files.js';
import { readKubeconfig } from './kubeconfig.js';
import { LocalClusterError } from './local-cluster-error.js';
import { startTestCluster } from './test-cluster.js';

const PATIENCE_MS = 60_000;
const POLL_MS = 50;

/** The cluster that the tests of one run share, each in namespaces of its own. */
export interface SharedTestCluster {
  readonly kubeconfigPath: string;
  /** Absolute path of the Helm to test with. */
  readonly helm: string;
  /** Absolute path of a Helm 3 to test with. */
  readonly helm3: string;
  /** Makes an empty namespace `<prefix>-<random>` and returns its name; nobody needs to remove it. */
  freshNamespace(prefix: string): Promise<string>;
  /** Asks the API server as an administrator. */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** For `afterAll`: stops the cluster if this file had to start it. */
  release(): Promise<void>;
}

/**
 * The cluster of this run (`APOLLO_TEST_KUBECONFIG` with `APOLLO_TEST_HELM` and
 * `APOLLO_TEST_HELM_3`, as the global set-up gives them), or one started for the calling test file alone.
 */
export async function sharedTestCluster(): Promise<SharedTestCluster> {
  const kubeconfigPath = process.env['APOLLO_TEST_KUBECONFIG'];
  if (kubeconfigPath === undefined) {
    const own = await startTestCluster();
    return connect(own.kubeconfigPath, own, () => own.stop());
  }
  const helm = process.env['APOLLO_TEST_HELM'];
  const helm3 = process.env['APOLLO_TEST_HELM_3'];
  if (helm === undefined || helm3 === undefined) {
    throw new LocalClusterError(
      'APOLLO_TEST_KUBECONFIG is set and APOLLO_TEST_HELM or APOLLO_TEST_HELM_3 is not; set all three or none.',
      false,
    );
  }
  return connect(kubeconfigPath, { helm, helm3 }, () => Promise.resolve());
}

/** A cluster of the calling test file alone, whose API server it may end. */
export interface OwnTestCluster extends SharedTestCluster {
  /** Kills the API server; resolves once its successor answers. */
  replaceApiServer(): Promise<void>;
  /** Lets the API server stand still while this is done: connections stay open, and nothing comes. */
  whileApiServerHangs<T>(work: () => Promise<T>): Promise<T>;
}

/** Starts a cluster for tests that break it; `release` stops it. */
export async function ownTestCluster(): Promise<OwnTestCluster> {
  const own = await startTestCluster();
  const shared = await connect(own.kubeconfigPath, own, () => own.stop());
  const { pids } = clusterFiles(dirname(own.kubeconfigPath));
  const pidOf = async () =>
    Number.parseInt(await readFile(join(pids, 'kube-apiserver.pid'), 'utf8'), 10);
  return {
    ...shared,
    async replaceApiServer() {
      const before = await pidOf();
      process.kill(before, 'SIGKILL');
      await eventually('the next API server', async () =>
        (await pidOf()) !== before && (await isReady(shared)) ? true : undefined,
      );
    },
    async whileApiServerHangs(work) {
      const pid = await pidOf();
      process.kill(pid, 'SIGSTOP');
      try {
        return await work();
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    },
  };
}

async function isReady(cluster: SharedTestCluster): Promise<boolean> {
  try {
    return (await cluster.send({ method: 'GET', path: '/readyz' })).status === 200;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

/** Talks to a cluster by the kubeconfig that it wrote. */
export async function clientFor(kubeconfigPath: string): Promise<ApiClient> {
  const access = readKubeconfig(await readFile(kubeconfigPath, 'utf8'));
  return new ApiClient(access.apiUrl, access.token, () =>
    Promise.resolve(access.certificateAuthority ?? ''),
  );
}

/** Asks again and again until the answer is not undefined, for a minute at most. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) {
      throw new Error(`waited ${String(patienceMs)} ms in vain for ${what}`);
    }
    await wait(POLL_MS);
  }
}

async function connect(
  kubeconfigPath: string,
  { helm, helm3 }: { readonly helm: string; readonly helm3: string },
  release: () => Promise<void>,
): Promise<SharedTestCluster> {
  const api = await clientFor(kubeconfigPath);
  return {
    kubeconfigPath,
    helm,
    helm3,
    release,
    send: (request) => api.send(request),
    async freshNamespace(prefix) {
      const name = `${prefix}-${randomBytes(4).toString('hex')}`;
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      const answer = await api.send({ method: 'POST', path: '/api/v1/namespaces', body });
      if (answer.status !== 201) throw new Error(`no namespace ${name}: ${answer.body}`);
      return name;
    },
  };
}
