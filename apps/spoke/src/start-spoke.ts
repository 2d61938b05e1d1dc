import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { detectHelm, findDeathSignal, HelmCliRunner } from '@apollo-deploy/helm';
import {
  HttpKubeApi,
  KubeConnection,
  KubeUnavailable,
  systemTimer,
  type KubeApi,
} from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import { SpokeAgent, type ClusterIdentity } from './agent.js';
import { AGENT_VERSION } from './agent-version.js';
import { systemClock } from './clock.js';
import { ChartFetcher } from './execution/chart-fetcher.js';
import type { Self } from './execution/judge-holder.js';
import { readMachineIdentity } from './execution/machine-identity.js';
import { ProcProcessTable, type ProcessTable } from './execution/process-table.js';
import { readDriftRules } from './drift/read-drift-rules.js';
import { readHealthRules } from './health-rules/read-health-rules.js';
import { readToken } from './read-token.js';
import type { SpokeConfig } from './spoke-config.js';

/** The spoke cannot work on this machine; a person has to do what the message says. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

export interface RunningSpoke {
  /** Waits for what Helm has begun, then says goodbye. */
  stop(): Promise<void>;
}

const ASK_AGAIN_MS = 5000;

/** Starts a spoke with the real Helm and the real cluster. Waits for a cluster that is not up yet. */
export async function startSpoke(config: SpokeConfig, log: Logger): Promise<RunningSpoke> {
  const path = config.healthRulesPath;
  const healthRules = path === null ? {} : await readHealthRules(path);
  const rulesPath = config.driftRulesPath;
  const driftRules = rulesPath === null ? [] : await readDriftRules(rulesPath);
  const helm = await detectHelm(config.helmPath);
  if (!helm.ok) throw new StartRefused(helm.error.message);
  const { kubeconfigPath, workdir } = config;
  const connection = new KubeConnection(
    kubeconfigPath === null ? { from: 'pod' } : { from: 'kubeconfig', path: kubeconfigPath },
  );
  const kube = new HttpKubeApi(connection, `apollo-spoke/${AGENT_VERSION}`);
  const processes = new ProcProcessTable();
  const token = (): Promise<string> => readToken(config.token);
  await token();
  const runner = new HelmCliRunner({
    helmPath: config.helmPath,
    version: helm.value,
    kubeconfigPath,
    workDirectory: join(workdir, 'helm'),
    setprivPath: await findDeathSignal(),
    environment: process.env,
  });
  const commands = await runner.clearLeftovers();
  if (commands > 0) log.warn({ commands }, 'deleted the values of helm commands that were cut off');
  const agent = new SpokeAgent({
    ...{ kube, processes, token, log },
    helm: runner,
    charts: new ChartFetcher({
      hubUrl: config.httpUrl,
      token,
      directory: join(workdir, 'charts'),
    }),
    cluster: await identify(kube, log),
    self: await whoAmI(processes, config.pod),
    namespace: config.namespace,
    maxParallel: config.maxParallel,
    healthRules,
    driftRules,
    socketUrl: config.socketUrl,
    clock: systemClock,
    timer: systemTimer,
    random: Math.random,
    newId: randomUUID,
  });
  agent.start();
  return {
    stop: async () => {
      await agent.stop();
      kube.close();
    },
  };
}

async function whoAmI(processes: ProcessTable, pod: SpokeConfig['pod']): Promise<Self> {
  const running = await processes.find(process.pid);
  const machine = await readMachineIdentity();
  return {
    instance: randomUUID(),
    host: hostname(),
    agent: { pid: process.pid, startedAt: running?.startedAt ?? null },
    ...(machine !== null && { machine }),
    ...(pod !== null && { pod }),
  };
}

/** Asks until the cluster answers: a spoke may well be up before its cluster. */
async function identify(kube: KubeApi, log: Logger): Promise<ClusterIdentity> {
  for (;;) {
    try {
      return await readIdentity(kube);
    } catch (error) {
      if (!(error instanceof KubeUnavailable) || !error.retryable) throw error;
      log.warn({ err: error }, 'the cluster does not answer yet; asking again');
      await new Promise<void>((resolve) => systemTimer.after(ASK_AGAIN_MS, resolve));
    }
  }
}

async function readIdentity(kube: KubeApi): Promise<ClusterIdentity> {
  const { gitVersion } = await kube.serverVersion();
  const found = await kube.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
  if (found.ok) return { uid: found.value.metadata.uid ?? '', kubernetesVersion: gitVersion };
  throw new StartRefused(
    `the namespace kube-system cannot be read: ${found.error.message}; give the spoke's account the right to get it, its UID tells clusters apart`,
  );
}
