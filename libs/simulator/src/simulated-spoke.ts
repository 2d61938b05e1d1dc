import { join } from 'node:path';
import { InMemoryKubeApi, type Timer } from '@apollo-deploy/kube';
import {
  ChartFetcher,
  IdentityFiles,
  readToken,
  SpokeAgent,
  SpokeCredentials,
} from '@apollo-deploy/spoke';
import type { Logger } from 'pino';
import { chanceOf } from './chance.js';
import type { ChartLibrary } from './chart-library.js';
import { DeploymentController } from './deployment-controller.js';
import type { FateOdds } from './pod-fate.js';
import { simulatedChart } from './simulated-chart.js';
import { simulatedClusterUid } from './simulated-cluster-uid.js';
import { SimulatedHelm } from './simulated-helm.js';

/** What all spokes of a fleet share. */
export interface FleetCommons {
  /** `http:` or `https:` address of the hub, without a path. */
  readonly hubUrl: string;
  /** `ws:` or `wss:` address of the spoke socket. */
  readonly socketUrl: string;
  /** Holds the charts, and of each spoke its join token and its identity in `NAME`. */
  readonly workdir: string;
  readonly odds: FateOdds;
  readonly library: ChartLibrary;
  readonly clock: { now(): Date };
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Logger;
}

const LEDGER_NAMESPACE = 'apollo-system';
/** For watches that begin late; all watches here are in this process. */
const KEPT_CHANGES = 32;
const MAX_PARALLEL = 4;
const KEY_LIFE_MS = 30 * 86_400_000;
const SHORTEST_COMMAND_MS = 50;
const LONGEST_COMMAND_MS = 500;
const KUBERNETES = 'v1.36.3+simulated';

/**
 * A spoke whose cluster is simulated: the agent is the real one, with its link, its executor, its
 * ledger and its reports; below it are a cluster in memory, which is empty at first, and Helm's effects
 * without Helm. It says of itself that it is simulated.
 */
export class SimulatedSpoke {
  private readonly agent: SpokeAgent;
  private readonly controller: DeploymentController;

  constructor(name: string, commons: FleetCommons) {
    const { hubUrl, socketUrl, workdir, odds, library, clock, timer, newId } = commons;
    const now = (): Date => clock.now();
    const log = commons.log.child({ spoke: name });
    const clusterUid = simulatedClusterUid(odds.seed, name);
    const credentials = new SpokeCredentials({
      ...{ hubUrl, clusterUid, clock, newId, log, keyLifeMs: KEY_LIFE_MS },
      files: new IdentityFiles(join(workdir, name, 'identity')),
      joinToken: () => readToken({ kind: 'file', path: join(workdir, name, 'token') }),
    });
    const kube = new InMemoryKubeApi({
      ...{ now, newUid: newId, keptChanges: KEPT_CHANGES, gitVersion: KUBERNETES },
    });
    this.controller = new DeploymentController({ kube, clock, timer });
    this.agent = new SpokeAgent({
      ...{ kube, socketUrl, credentials, clock, timer, newId, log, simulated: true },
      random: commons.random,
      helm: new SimulatedHelm({
        ...{ kube, clock, timer },
        chart: async (path) => {
          const archive = await library.get(path);
          return archive === null ? null : simulatedChart(archive, name, odds);
        },
        commandMs: ({ verb, planId }) =>
          SHORTEST_COMMAND_MS +
          chanceOf(odds.seed, name, verb, planId) * (LONGEST_COMMAND_MS - SHORTEST_COMMAND_MS),
      }),
      charts: new ChartFetcher({
        ...{ hubUrl, token: () => credentials.token(), directory: join(workdir, 'charts') },
      }),
      processes: { list: () => Promise.resolve([]), find: () => Promise.resolve(null) },
      cluster: { uid: clusterUid, kubernetesVersion: KUBERNETES },
      self: { instance: newId(), host: 'simulator', agent: { pid: process.pid, startedAt: null } },
      namespace: LEDGER_NAMESPACE,
      namespaces: [],
      maxParallel: MAX_PARALLEL,
      healthRules: {},
      driftRules: [],
    });
  }

  start(): void {
    this.controller.start();
    this.agent.start();
  }

  /** Finishes what Helm has begun, and says goodbye. */
  async stop(): Promise<void> {
    await this.agent.stop();
    this.controller.stop();
  }

  get connected(): boolean {
    return this.agent.connected;
  }
}
