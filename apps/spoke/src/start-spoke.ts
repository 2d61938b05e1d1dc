import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { detectHelm, findDeathSignal, HelmCliRunner, ReleaseReader } from '@apollo-deploy/helm';
import {
  HttpKubeApi,
  KubeConnection,
  KubeUnavailable,
  systemTimer,
  type KubeApi,
} from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import { SpokeAgent } from './agent.js';
import { AGENT_VERSION } from './agent-version.js';
import { systemClock } from './clock.js';
import { DeployerAccounts } from './deployers/deployer-accounts.js';
import { ChartFetcher } from './execution/chart-fetcher.js';
import type { Self } from './execution/judge-holder.js';
import { readMachineIdentity } from './execution/machine-identity.js';
import { ProcProcessTable, type ProcessTable } from './execution/process-table.js';
import { readDriftRules } from './drift/read-drift-rules.js';
import { readHealthRules } from './health-rules/read-health-rules.js';
import type { ClusterIdentity } from './hello.js';
import { PolicyFile } from './policy/policy-file.js';
import type { SpokeConfig } from './spoke-config.js';
import { openTrustedKeys } from './trust/open-trusted-keys.js';
import { IdentityFiles, IdentityUnusable } from './trust/identity-files.js';
import { readToken } from './trust/read-token.js';
import { SpokeCredentials } from './trust/spoke-credentials.js';

/** The spoke cannot work on this machine; a person has to do what the message says. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

export interface RunningSpoke {
  /** Waits for what Helm has begun, then says goodbye. */
  stop(): Promise<void>;
}

const USER_AGENT = `apollo-spoke/${AGENT_VERSION}`;
const DAY_MS = 86_400_000;
const ASK_AGAIN_MS = 5000;
const OWN_RIGHTS =
  'charts act by the rights of the spoke in this cluster, all of them; give APOLLO_SPOKE_DEPLOYER';

/** Starts a spoke with the real Helm and the real cluster. Waits for a cluster that is not up yet. */
export async function startSpoke(config: SpokeConfig, log: Logger): Promise<RunningSpoke> {
  const path = config.healthRulesPath;
  const healthRules = path === null ? {} : await readHealthRules(path);
  const rulesPath = config.driftRulesPath;
  const driftRules = rulesPath === null ? [] : await readDriftRules(rulesPath);
  const files = await identityOf(config);
  const { keys, pin } = await openTrustedKeys(files, config.trustedKeysPath, log);
  const helm = await detectHelm(config.helmPath);
  if (!helm.ok) throw new StartRefused(helm.error.message);
  const { kubeconfigPath, workdir } = config;
  const connection = new KubeConnection(
    kubeconfigPath === null ? { from: 'pod' } : { from: 'kubeconfig', path: kubeconfigPath },
  );
  const kube = new HttpKubeApi(connection, USER_AGENT);
  const policy = await policyOf(config, kube, log);
  const processes = new ProcProcessTable();
  const setprivPath = await findDeathSignal();
  const helmWith = (path: string | null) =>
    new HelmCliRunner({
      ...{ helmPath: config.helmPath, version: helm.value, kubeconfigPath: path, setprivPath },
      ...{ workDirectory: join(workdir, 'helm'), environment: process.env },
    });
  const runner = helmWith(kubeconfigPath);
  const deployers = await deployersOf(config, { connection, kube, helmWith, log });
  const commands = await runner.clearLeftovers();
  if (commands > 0) log.warn({ commands }, 'deleted the values of helm commands that were cut off');
  const cluster = await identify(kube, log);
  const credentials = new SpokeCredentials({
    ...{ files, hubUrl: config.httpUrl, clusterUid: cluster.uid, log },
    joinToken: () => readToken(config.token),
    onKeySet: pin,
    ...{ clock: systemClock, newId: randomUUID, keyLifeMs: config.keyLifeDays * DAY_MS },
  });
  const agent = new SpokeAgent({
    ...{ kube, processes, cluster, credentials, keys, log },
    helm: runner,
    charts: new ChartFetcher({
      hubUrl: config.httpUrl,
      token: () => credentials.token(),
      directory: join(workdir, 'charts'),
    }),
    self: await whoAmI(processes, config.pod),
    namespace: config.namespace,
    namespaces: config.namespaces,
    hub: () => hubOf(files),
    maxParallel: config.maxParallel,
    healthRules,
    driftRules,
    ...(policy !== null && { policy }),
    ...(deployers !== null && { deployers }),
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
      await deployers?.stop();
      kube.close();
    },
  };
}

/** Null where everything is allowed that is signed. A policy that holds everything now is told of. */
async function policyOf(
  { policyPath }: SpokeConfig,
  kube: KubeApi,
  log: Logger,
): Promise<PolicyFile | null> {
  if (policyPath === null) return null;
  const policy = new PolicyFile(policyPath, kube);
  const held = await policy.heldBy(systemClock.now());
  if (held !== null) log.warn({ policyPath }, held);
  return policy;
}

interface OwnAccount {
  readonly connection: KubeConnection;
  readonly kube: HttpKubeApi;
  readonly helmWith: (kubeconfigPath: string) => HelmCliRunner;
  readonly log: Logger;
}

/** Null where everything is done by the account of the spoke. */
async function deployersOf(
  { deployer, workdir }: SpokeConfig,
  { connection, kube, helmWith, log }: OwnAccount,
): Promise<DeployerAccounts | null> {
  if (deployer === null) {
    log.warn(OWN_RIGHTS);
    return null;
  }
  const accounts = new DeployerAccounts({
    ...{ account: deployer, connection, tokens: kube, helmWith, log, userAgent: USER_AGENT },
    ...{ reader: new ReleaseReader(kube), directory: join(workdir, 'deployers') },
    ...{ clock: systemClock, timer: systemTimer },
  });
  await accounts.clearLeftovers();
  return accounts;
}

/** Where the key of this spoke is kept. Refuses a spoke that has neither joined nor a token to join with. */
async function identityOf({ workdir, token }: SpokeConfig): Promise<IdentityFiles> {
  const files = new IdentityFiles(join(workdir, 'identity'));
  if ((await files.membership()) !== null || (await readToken(token)) !== null) return files;
  throw new StartRefused(
    'this spoke has not joined a hub; make a join token (POST /api/v1/join-tokens), write it into a file that only its owner may read (0600), and name that in APOLLO_SPOKE_TOKEN_FILE',
  );
}

/** The id of the hub that this spoke has joined: there once a session is open. */
async function hubOf(files: IdentityFiles): Promise<string> {
  const member = await files.membership();
  if (member !== null) return member.hub;
  throw new IdentityUnusable(
    'the identity of this spoke is gone; let it join its hub with a new token',
  );
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
