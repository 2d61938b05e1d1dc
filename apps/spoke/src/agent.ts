import {
  HelmChartOperator,
  formatHelmVersion,
  ReleaseReader,
  type HelmRunner,
} from '@apollo-deploy/helm';
import type { KubeApi, Timer } from '@apollo-deploy/kube';
import type { SpokePayload } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import { AGENT_VERSION } from './agent-version.js';
import type { Clock } from './clock.js';
import type { ChartFetcher } from './execution/chart-fetcher.js';
import { DriftFinder } from './drift/drift-finder.js';
import type { DriftRule } from './drift/drift-rules.js';
import { ConfigMapLedger } from './execution/config-map-ledger.js';
import { Executor, type PlanReports } from './execution/executor.js';
import type { Self } from './execution/judge-holder.js';
import { LedgerLessons } from './execution/ledger-lessons.js';
import { Limit } from './execution/limit.js';
import type { ProcessTable } from './execution/process-table.js';
import type { HealthRules } from './health-rules/read-health-rules.js';
import { HubLink, type HubOrder } from './hub-link/hub-link.js';
import { ClusterState } from './state/cluster-state.js';
import { LiveObjects } from './state/live-objects.js';
import { PodUsage } from './state/pod-usage.js';
import { ReleaseInventory } from './state/release-inventory.js';
import { StateReporter } from './state/state-reporter.js';

/** The cluster this spoke works in. */
export interface ClusterIdentity {
  /** UID of the kube-system namespace. */
  readonly uid: string;
  readonly kubernetesVersion: string;
}

export interface SpokeAgentOptions {
  readonly kube: KubeApi;
  readonly helm: HelmRunner;
  readonly charts: Pick<ChartFetcher, 'fetch'>;
  readonly processes: ProcessTable;
  readonly cluster: ClusterIdentity;
  /** True for a cluster of a simulator; the hub is told. */
  readonly simulated?: boolean;
  readonly self: Self;
  /** Where the ledger is kept. */
  readonly namespace: string;
  readonly maxParallel: number;
  /** Asked before the built-in rules. */
  readonly healthRules: HealthRules;
  /** Fields that others may write, beside the built-in rules. */
  readonly driftRules: readonly DriftRule[];
  readonly socketUrl: string;
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Logger;
}

const CAPABILITIES = ['install', 'upgrade', 'config_update', 'rollback', 'uninstall'];
const PROTOCOL = { min: 1, max: 1 };

/** A spoke: carries plans out in its cluster and tells the hub what it sees there. */
export class SpokeAgent {
  private readonly link: HubLink;
  private readonly inventory: ReleaseInventory;
  private readonly usage: PodUsage;
  private readonly state: ClusterState;
  private readonly reporter: StateReporter;
  private readonly executor: Executor;
  private readonly lessons: LedgerLessons;

  constructor(private readonly options: SpokeAgentOptions) {
    const { kube, timer, clock, random, log, healthRules } = options;
    const reader = new ReleaseReader(kube);
    const live = new LiveObjects({ kube, timer, random, log });
    this.link = new HubLink({
      ...{ url: options.socketUrl, token: options.token, newId: options.newId },
      ...{ clock, timer, random, log },
      hello: () => this.hello(),
      heartbeat: () => ({
        running: this.executor.running,
        generation: this.reporter.generation,
        ...(!this.inventory.seesCluster && { blind: true }),
      }),
    });
    this.inventory = new ReleaseInventory({
      ...{ kube, reader, timer, random, log },
      onChange: (key) => this.state.releaseChanged(key),
    });
    this.usage = new PodUsage({
      ...{ kube, timer, random, log },
      onChange: (pods) => this.state.usageChanged(pods),
    });
    this.state = new ClusterState({
      ...{ inventory: this.inventory, live, clock, timer, healthRules },
      usage: this.usage,
      drift: new DriftFinder({ kube, rules: options.driftRules, log }),
      onChange: (changed) => this.reporter.report(changed),
    });
    this.reporter = new StateReporter({
      reports: () => this.state.reports(),
      outlet: outletOf(this.link),
      // The clock makes the numbers rise over restarts as well.
      firstGeneration: clock.now().getTime(),
    });
    const ledger = new ConfigMapLedger(kube, options.namespace);
    this.executor = new Executor(
      {
        ...{ kube, reader, helm: options.helm, charts: options.charts, live, clock, timer, log },
        ...{ processes: options.processes, self: options.self, healthRules },
        ledger,
        operator: new HelmChartOperator({ kube, reader, helm: options.helm }),
        limit: new Limit(options.maxParallel),
      },
      { reports: reportsOf(this.link), look: (release) => this.state.reportNow(release), random },
    );
    this.lessons = new LedgerLessons({
      ...{ ledger, timer, log },
      tell: (message) => this.link.say('plan.verdicts', message),
    });
  }

  start(): void {
    this.inventory.start();
    this.usage.start();
    this.link.start({
      onWelcome: ({ spoke, epoch, learns }, aheadMs) => {
        this.executor.enter({ spoke, epoch, aheadMs });
        this.reporter.reportAll();
        if (learns === true) this.lessons.begin();
      },
      onOrder: (order, acknowledge) => this.take(order, acknowledge),
    });
  }

  /** True while a session with the hub is open. */
  get connected(): boolean {
    return this.link.connected;
  }

  /** Begins nothing any more, waits for every helm that runs, and says goodbye to the hub. */
  async stop(): Promise<void> {
    this.lessons.stop();
    await this.executor.stop();
    await this.link.close();
    this.usage.stop();
    this.state.stop();
    this.inventory.stop();
  }

  private take(order: HubOrder, acknowledge: () => void): void {
    switch (order.t) {
      case 'plan.offer':
        return this.executor.offer(order.p, acknowledge);
      case 'plan.cancel':
        return this.executor.cancel(order.p, acknowledge);
      case 'state.request':
        return this.reporter.reportAll();
    }
  }

  private hello(): SpokePayload<'hello'> {
    const { cluster, self, helm, clock } = this.options;
    return {
      agentVersion: AGENT_VERSION,
      protocol: PROTOCOL,
      agentInstance: self.instance,
      clusterUid: cluster.uid,
      helmVersion: formatHelmVersion(helm.version),
      kubernetesVersion: cluster.kubernetesVersion,
      capabilities: CAPABILITIES,
      simulated: this.options.simulated ?? false,
      clock: clock.now().toISOString(),
    };
  }
}

function reportsOf(link: HubLink): PlanReports {
  return {
    accept: (message) => void link.post('plan.accept', message, `accept ${message.planId}`),
    progress: (message) => link.say('plan.progress', message),
    result: (message) => link.post('plan.result', message, `result ${message.planId}`),
  };
}

function outletOf(link: HubLink): ConstructorParameters<typeof StateReporter>[0]['outlet'] {
  return {
    full: (message) =>
      link.post('state.full', message, `state ${message.generation} part ${message.part}`),
    delta: (message) => link.post('state.delta', message, `state ${message.generation}`),
    discard: () => link.discard(['state.full', 'state.delta']),
  };
}
