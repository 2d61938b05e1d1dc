import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiClient } from './api-client.js';
import type { Binaries } from './binary-cache.js';
import { clusterFiles, componentLog, pidFile, type ClusterFiles } from './cluster-files.js';
import { ensureSecrets } from './cluster-secrets.js';
import { setUpCluster, type Until } from './cluster-setup.js';
import { Component } from './component.js';
import { COMPONENTS, type ComponentName } from './component-names.js';
import { apiUrlOf, commandsOf } from './components.js';
import { giveUpOwnership, takeOwnership } from './directory-owner.js';
import { kubeconfigText } from './kubeconfig.js';
import { LocalClusterError } from './local-cluster-error.js';
import { writePodLogs } from './pod-logs.js';
import { claimPorts, releasePorts, type ClusterPorts } from './ports.js';
import { canDieWithParent } from './process-table.js';
import { endSurvivors } from './survivors.js';

export interface LocalClusterOptions {
  /** Lowercase letters, digits and dashes; appears in the kubeconfig's context `apollo-<name>`. */
  readonly name: string;
  /** Holds data, certificates, kubeconfig, logs and pid files; kept for the next start. */
  readonly directory: string;
  readonly binaries: Binaries;
  /** True: writes reach the disk, as data that is kept deserves. False (default): tests. */
  readonly durable?: boolean;
  /**
   * True: the system kills the cluster when this process dies, however it dies. Linux with
   * `setpriv` only; elsewhere the next start ends what was left.
   */
  readonly dieWithParent?: boolean;
  /** Gives the start up; `start` then throws the signal's reason and leaves nothing running. */
  readonly signal?: AbortSignal;
  /** A line for people about what happens to the cluster. */
  readonly onLog?: (line: string) => void;
}

const START_TIMEOUT_MS = 90_000;
const POLL_MS = 50;
const STOP_GRACE_MS = {
  etcd: 10_000,
  // With watches open it would take many seconds; etcd has every write already.
  'kube-apiserver': 1_000,
  'kube-controller-manager': 3_000,
  'kube-scheduler': 3_000,
  kwok: 3_000,
} as const satisfies Record<ComponentName, number>;
/** Groups that are stopped together, each when those that depend on it have gone. */
const STOP_ORDER: readonly (readonly ComponentName[])[] = [
  ['kwok', 'kube-scheduler', 'kube-controller-manager'],
  ['kube-apiserver'],
  ['etcd'],
];

/**
 * A real Kubernetes control plane on this machine whose pods are played by kwok: everything an API
 * server, its controllers and its scheduler do, on 127.0.0.1, without containers. A process of it
 * that ends is started again, five times in a row at most, as `onLog` tells.
 */
export class LocalCluster {
  private stopped: Promise<void> | undefined;
  private systemUid = '';

  private constructor(
    readonly name: string,
    private readonly files: ClusterFiles,
    private readonly ports: ClusterPorts,
    private readonly components: readonly Component[],
    private readonly onLog: (line: string) => void,
  ) {}

  /**
   * Starts the cluster and resolves when its node is Ready (3 to 5 s on two cores). What an earlier
   * launcher left running in the directory is ended first; kept data is used. Throws
   * `LocalClusterError` when another process runs this directory, or when a part does not come up;
   * nothing is left running then.
   */
  static async start(options: LocalClusterOptions): Promise<LocalCluster> {
    const startedAt = performance.now();
    const log = (line: string): void => options.onLog?.(`${options.name}: ${line}`);
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const files = clusterFiles(await realpath(options.directory));
    await takeOwnership(files.owner);
    try {
      const cluster = await LocalCluster.launch(options, files, log);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      log(`ready at ${cluster.apiUrl} after ${seconds} s`);
      return cluster;
    } catch (error) {
      await giveUpOwnership(files.owner);
      throw error;
    }
  }

  /** A kubeconfig with the rights of an administrator. */
  get kubeconfigPath(): string {
    return this.files.kubeconfig;
  }

  /** UID of its kube-system namespace, by which clusters are told apart. */
  get uid(): string {
    return this.systemUid;
  }

  /** `https://127.0.0.1:<port>`; the same again at the next start, if the port is free then. */
  get apiUrl(): string {
    return apiUrlOf(this.ports);
  }

  /**
   * Stops every process, etcd last, and resolves when all are gone. Data is kept. Calls after the
   * first wait for it.
   */
  stop(): Promise<void> {
    return (this.stopped ??= this.end('stopped', async () => {
      for (const names of STOP_ORDER) {
        const group = this.components.filter(({ name }) => names.includes(name));
        await all(group.map((component) => component.stop(STOP_GRACE_MS[component.name])));
      }
    }));
  }

  /** Kills every process at once, as a power cut would, and resolves when all are gone. */
  kill(): Promise<void> {
    const killed = this.end('killed', () => all(this.components.map((one) => one.kill())));
    return (this.stopped = killed);
  }

  private static async launch(
    options: LocalClusterOptions,
    files: ClusterFiles,
    log: (line: string) => void,
  ): Promise<LocalCluster> {
    const ended = await endSurvivors(files);
    if (ended.length > 0) log(`ended what an earlier start had left: ${ended.join(', ')}`);
    for (const folder of [files.certificates, files.podFolder, files.logs, files.pids]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    const ports = await claimPorts(files.ports);
    const token = await ensureSecrets(files);
    const access = { cluster: options.name, apiUrl: apiUrlOf(ports), token };
    await writeFile(files.internalKubeconfig, kubeconfigText(access), { mode: 0o600 });
    await writePodLogs(files, new Date());
    const certificate = (): Promise<string> => readFile(files.serverCertificate, 'utf8');
    const dieWithParent = options.dieWithParent === true && (await canDieWithParent());
    const components = await startAll({ ...options, dieWithParent }, files, ports);
    // From here on: a part whose patience is shorter than the start of what it depends on gets another go.
    for (const component of components) component.keepRunning(log);
    const cluster = new LocalCluster(options.name, files, ports, components, log);
    try {
      const api = new ApiClient(access.apiUrl, token, certificate);
      const until: Until = (what, probe) => cluster.until(what, probe, options.signal);
      cluster.systemUid = await setUpCluster(api, until);
      const trusted = { ...access, certificateAuthority: await certificate() };
      await writeFile(files.kubeconfig, kubeconfigText(trusted), { mode: 0o600 });
    } catch (error) {
      await cluster.kill();
      throw error;
    } finally {
      releasePorts(ports);
    }
    return cluster;
  }

  private async until(
    what: string,
    probe: () => Promise<boolean>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await probe())) {
      signal?.throwIfAborted();
      const dead = this.components.find(({ staysDown }) => staysDown);
      if (dead !== undefined) throw await this.failure(`${dead.name} ended`, dead);
      if (performance.now() > deadline) {
        const [, apiServer] = this.components;
        throw await this.failure(`it took too long for ${what}`, apiServer);
      }
      await wait(POLL_MS);
    }
  }

  private async failure(what: string, culprit?: Component): Promise<LocalClusterError> {
    const end = culprit?.howItEnded === undefined ? '' : ` (${culprit.howItEnded})`;
    const lastWords = (await culprit?.lastWords()) ?? '';
    return new LocalClusterError(
      `The local cluster "${this.name}" did not start: ${what}${end}. Its logs are in ` +
        `${this.files.logs}; the last lines of ${culprit?.name ?? 'them'} are:\n${lastWords}`,
      true,
    );
  }

  private async end(how: string, endAll: () => Promise<void>): Promise<void> {
    // A system that goes down may end any of them while others are being stopped.
    for (const component of this.components) component.startNoMore();
    await endAll();
    await giveUpOwnership(this.files.owner);
    this.onLog(how);
  }
}

/** Starts every process, or none. */
async function startAll(
  options: LocalClusterOptions,
  files: ClusterFiles,
  ports: ClusterPorts,
): Promise<readonly Component[]> {
  const { binaries, durable = false, dieWithParent = false } = options;
  const commands = commandsOf({ binaries, files, ports, durable });
  const env = { PATH: process.env['PATH'] ?? '', HOME: files.directory };
  const started: Component[] = [];
  try {
    for (const name of COMPONENTS) {
      const [command, logFile] = [commands[name], componentLog(files, name)];
      const spec = { name, command, logFile, pidFile: pidFile(files, name), env, dieWithParent };
      started.push(Component.start(spec));
    }
  } catch (error) {
    await all(started.map((component) => component.kill()));
    throw error;
  }
  return started;
}

/** Waits for all, also when one fails; then throws the first failure. */
async function all(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
