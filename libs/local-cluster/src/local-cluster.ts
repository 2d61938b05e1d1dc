import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiClient } from './api-client.js';
import type { Binaries } from './binary-cache.js';
import { clusterFiles, componentLog, pidFile, type ClusterFiles } from './cluster-files.js';
import { ensureSecrets } from './cluster-secrets.js';
import { setUpCluster } from './cluster-setup.js';
import { COMPONENTS, type ComponentName } from './component-names.js';
import { ComponentProcess } from './component-process.js';
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

/**
 * A real Kubernetes control plane on this machine whose pods are played by kwok: everything an API
 * server, its controllers and its scheduler do, on 127.0.0.1, without containers.
 */
export class LocalCluster {
  private stopping = false;

  private constructor(
    readonly name: string,
    private readonly files: ClusterFiles,
    private readonly ports: ClusterPorts,
    private readonly processes: readonly ComponentProcess[],
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

  /** `https://127.0.0.1:<port>`; the same again at the next start, if the port is free then. */
  get apiUrl(): string {
    return apiUrlOf(this.ports);
  }

  /** Stops every process, etcd last, and resolves when all are gone. Data is kept. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const [etcd, apiServer, ...clients] = this.processes;
    await Promise.all(clients.map((process) => process.stop(STOP_GRACE_MS[process.name])));
    for (const process of [apiServer, etcd]) await process?.stop(STOP_GRACE_MS[process.name]);
    await giveUpOwnership(this.files.owner);
    this.onLog('stopped');
  }

  /** Kills every process at once, as a power cut would, and resolves when all are gone. */
  async kill(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.processes.map((process) => process.kill()));
    await giveUpOwnership(this.files.owner);
    this.onLog('killed');
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
    const processes = spawnAll({ ...options, dieWithParent }, files, ports);
    const cluster = new LocalCluster(options.name, files, ports, processes, log);
    try {
      const api = new ApiClient(access.apiUrl, token, certificate);
      await setUpCluster(api, (what, probe) => cluster.until(what, probe, options.signal));
      const trusted = { ...access, certificateAuthority: await certificate() };
      await writeFile(files.kubeconfig, kubeconfigText(trusted), { mode: 0o600 });
    } catch (error) {
      await cluster.kill();
      throw error;
    } finally {
      releasePorts(ports);
    }
    cluster.reportDeaths();
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
      const dead = this.processes.find((process) => process.howItEnded !== undefined);
      if (dead !== undefined) throw await this.failure(`${dead.name} ended`, dead);
      if (performance.now() > deadline) {
        const [, apiServer] = this.processes;
        throw await this.failure(`it took too long for ${what}`, apiServer);
      }
      await wait(POLL_MS);
    }
  }

  private async failure(what: string, culprit?: ComponentProcess): Promise<LocalClusterError> {
    const end = culprit?.howItEnded === undefined ? '' : ` (${culprit.howItEnded})`;
    const lastWords = (await culprit?.lastWords()) ?? '';
    return new LocalClusterError(
      `The local cluster "${this.name}" did not start: ${what}${end}. Its logs are in ` +
        `${this.files.logs}; the last lines of ${culprit?.name ?? 'them'} are:\n${lastWords}`,
      true,
    );
  }

  private reportDeaths(): void {
    for (const process of this.processes) {
      process.onEnd((how) => {
        if (this.stopping) return;
        this.onLog(
          `${process.name} ended unexpectedly (${how}); see ${process.start.logFile} and restart`,
        );
      });
    }
  }
}

function spawnAll(
  options: LocalClusterOptions,
  files: ClusterFiles,
  ports: ClusterPorts,
): ComponentProcess[] {
  const { binaries, durable = false, dieWithParent = false } = options;
  const commands = commandsOf({ binaries, files, ports, durable });
  const env = { PATH: process.env['PATH'] ?? '', HOME: files.directory };
  return COMPONENTS.map((name) =>
    ComponentProcess.start({
      name,
      command: commands[name],
      logFile: componentLog(files, name),
      pidFile: pidFile(files, name),
      env,
      dieWithParent,
    }),
  );
}
