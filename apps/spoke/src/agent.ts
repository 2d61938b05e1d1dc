import { type HelmRunner, ReleaseReader } from '@apollo-deploy/helm';
import type { KubeApi, Timer } from '@apollo-deploy/kube';
import type { SpokePayload } from '@apollo-deploy/protocol';
import type { Logger } from 'pino';
import { ConfigMapHeads } from './audit/config-map-heads.js';
import { HeadKeeper } from './audit/head-keeper.js';
import type { Clock } from './clock.js';
import type { ChartFetcher } from './execution/chart-fetcher.js';
import { dryRunning } from './deployers/dry-running.js';
import { type Deployers, sameEverywhere } from './deployers/deployer.js';
import { DriftFinder } from './drift/drift-finder.js';
import type { DriftRule } from './drift/drift-rules.js';
import { ConfigMapLedger } from './execution/config-map-ledger.js';
import { Executor } from './execution/executor.js';
import type { Self } from './execution/judge-holder.js';
import { LedgerLessons } from './execution/ledger-lessons.js';
import { Limit } from './execution/limit.js';
import type { PlanReports } from './execution/plan-reports.js';
import type { ProcessTable } from './execution/process-table.js';
import type { HealthRules } from './health-rules/read-health-rules.js';
import { type ClusterIdentity, helloOf } from './hello.js';
import type { Credentials } from './hub-link/credentials.js';
import { HubLink } from './hub-link/hub-link.js';
import type { HubOrder } from './hub-link/hub-link-listener.js';
import type { PolicyFile } from './policy/policy-file.js';
import { ClusterPulse } from './state/cluster-pulse.js';
import { ClusterState } from './state/cluster-state.js';
import { heardKube } from './state/heard-kube.js';
import { LiveObjects } from './state/live-objects.js';
import { namespacesToSee } from './state/namespaces-to-see.js';
import { PodUsage } from './state/pod-usage.js';
import { ReleaseInventory } from './state/release-inventory.js';
import { StateReporter } from './state/state-reporter.js';
import { OfferGate } from './trust/offer-gate.js';
import { KeyRotation } from './trust/key-rotation.js';
import { KeySetIntake } from './trust/key-set-intake.js';
import type { TrustedKeys } from './trust/trusted-keys.js';

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
  /** Where to look if the account may not look everywhere; empty: where it may. */
  readonly namespaces: readonly string[];
  readonly maxParallel: number;
  /** Asked before the built-in rules. */
  readonly healthRules: HealthRules;
  /** Fields that others may write, beside the built-in rules. */
  readonly driftRules: readonly DriftRule[];
  /** By whose rights plans are carried out; absent: by the spoke's own. */
  readonly deployers?: Deployers;
  /** What the owner of the cluster allows; absent: everything. */
  readonly policy?: PolicyFile;
  /** Whose signatures a plan needs; absent: nobody's, as in simulated fleets. */
  readonly keys?: TrustedKeys;
  /** The id of the hub that it has joined; absent: heads of an audit trail are not kept, as in simulated fleets. */
  readonly hub?: () => Promise<string>;
  readonly socketUrl: string;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Logger;
}

/** There in every cluster, and the spoke has read it when it started. */
const KUBE_SYSTEM = { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' } as const;

/** A spoke: carries plans out in its cluster and tells the hub what it sees there. */
export class SpokeAgent {
  private readonly link: HubLink;
  private readonly inventory: ReleaseInventory;
  private readonly usage: PodUsage;
  private readonly pulse: ClusterPulse;
  private readonly state: ClusterState;
  private readonly reporter: StateReporter;
  private readonly executor: Executor;
  private readonly gate: OfferGate;
  private readonly intake: KeySetIntake | null;
  private readonly lessons: LedgerLessons;
  private readonly heads: HeadKeeper | null;
  private readonly rotation: KeyRotation;

  constructor(private readonly options: SpokeAgentOptions) {
    const { timer, clock, random, log, healthRules } = options;
    this.pulse = new ClusterPulse({
      ...{ clock, timer, log },
      ask: () => options.kube.get(KUBE_SYSTEM),
      onChange: () => this.link.beat(),
    });
    const kube = heardKube(options.kube, () => this.pulse.hear());
    const reader = new ReleaseReader(kube);
    const deployers = options.deployers ?? sameEverywhere(kube, reader, options.helm);
    const live = new LiveObjects({
      ...{ kube, timer, random, log },
      onSight: () => this.state.sightChanged(),
    });
    this.link = new HubLink({
      ...{ url: options.socketUrl, newId: options.newId, credentials: options.credentials },
      ...{ clock, timer, random, log },
      hello: () => helloOf(options, this.heads !== null),
      heartbeat: () => this.heartbeat(),
    });
    this.rotation = new KeyRotation({ link: this.link, credentials: options.credentials, log });
    this.inventory = new ReleaseInventory({
      ...{ kube, reader, timer, random, log },
      namespaces: () =>
        namespacesToSee(kube, { configured: options.namespaces, own: options.namespace }),
      onChange: (key) => this.state.releaseChanged(key),
      onSight: () => this.sightChanged(),
    });
    this.usage = new PodUsage({
      ...{ kube, timer, random, log },
      sight: () => this.inventory.sight,
      onChange: (pods) => this.state.usageChanged(pods),
    });
    this.state = new ClusterState({
      ...{ inventory: this.inventory, live, clock, timer, healthRules },
      usage: this.usage,
      heardAt: () => this.pulse.heardAt,
      drift: new DriftFinder({ kube: dryRunning(kube, deployers), rules: options.driftRules, log }),
      onChange: (changed) => this.reporter.report(changed),
    });
    this.reporter = new StateReporter({
      reports: () => this.state.reports(),
      sight: () => this.inventory.sight,
      outlet: outletOf(this.link),
      // The clock makes the numbers rise over restarts as well.
      firstGeneration: clock.now().getTime(),
    });
    const ledger = new ConfigMapLedger(kube, options.namespace);
    this.executor = new Executor(
      {
        ...{ kube, reader, deployers, charts: options.charts, live, clock, timer, log },
        ...{ processes: options.processes, self: options.self, healthRules },
        ...(options.policy !== undefined && { policy: options.policy }),
        ledger,
        missLedger: () => this.lessons.lookNow(),
        limit: new Limit(options.maxParallel),
      },
      { reports: reportsOf(this.link), look: (release) => this.state.reportNow(release), random },
    );
    this.gate = this.gateOf(options);
    this.intake = this.intakeOf(options);
    this.lessons = new LedgerLessons({
      ...{ ledger, timer, log },
      releases: () => this.inventory.planned(),
      tell: (message) => this.link.say('plan.verdicts', message),
    });
    this.heads = this.headsOf(options);
  }

  start(): void {
    this.pulse.start();
    this.inventory.start();
    this.usage.start();
    this.link.start({
      onWelcome: ({ spoke, epoch, learns }, aheadMs) => {
        void this.rotation.welcomed();
        this.executor.enter({ spoke, epoch, aheadMs });
        this.gate.enter({ spoke, aheadMs });
        this.heads?.enter();
        this.reporter.reportAll();
        if (learns === true) this.lessons.begin();
      },
      onOrder: (order, acknowledge) => {
        if (order.t === 'audit.head') this.heads?.take(order.p);
        else if (order.t === 'credential.keys') this.intake?.take(order.p);
        else if (this.intake === null) this.take(order, acknowledge);
        else this.intake.inOrder(() => this.take(order, acknowledge));
      },
    });
  }

  /** True while a session with the hub is open. */
  get connected(): boolean {
    return this.link.connected;
  }

  /** Begins nothing any more, waits for every helm that runs, and says goodbye to the hub. */
  async stop(): Promise<void> {
    this.lessons.stop();
    await Promise.all([this.executor.stop(), this.heads?.stop()]);
    await this.link.close();
    this.usage.stop();
    this.state.stop();
    this.inventory.stop();
    this.pulse.stop();
  }

  private take(
    order: Exclude<HubOrder, { t: 'credential.keys' | 'audit.head' }>,
    acknowledge: () => void,
  ): void {
    switch (order.t) {
      case 'plan.offer':
        return this.gate.take(order.p, acknowledge);
      case 'plan.cancel':
        return this.executor.cancel(order.p, acknowledge);
      case 'state.request':
        return this.reporter.reportAll();
    }
  }

  private gateOf({ keys, cluster, clock, log }: SpokeAgentOptions): OfferGate {
    return new OfferGate({
      ...{ clusterUid: cluster.uid, clock, log },
      ...(keys !== undefined && { keys }),
      executor: this.executor,
      alarm: (message) => this.link.say('alarm', message),
      result: (message) => this.link.post('plan.result', message, `result ${message.planId}`),
    });
  }

  /** Null where nobody's signatures count. */
  private intakeOf({ keys, clock, log }: SpokeAgentOptions): KeySetIntake | null {
    if (keys === undefined) return null;
    return new KeySetIntake({
      ...{ keys, clock, log },
      onAdopted: (trust) => {
        this.gate.recheck();
        this.link.say('credential.trusts', trust);
      },
      alarm: (message) => this.link.say('alarm', message),
    });
  }

  /** Null where none are kept. */
  private headsOf({
    hub,
    kube,
    namespace,
    clock,
    timer,
    log,
  }: SpokeAgentOptions): HeadKeeper | null {
    if (hub === undefined) return null;
    return new HeadKeeper({
      ...{ clock, timer, log },
      heads: new ConfigMapHeads({ kube, namespace, hub }),
      alarm: (message) => this.link.say('alarm', message),
    });
  }

  /** Releases are seen in other namespaces than before. */
  private sightChanged(): void {
    this.state.sightChanged();
    this.reporter.sightChanged();
  }

  private heartbeat(): SpokePayload<'heartbeat'> {
    return {
      running: this.executor.running,
      generation: this.reporter.generation,
      ...((this.pulse.isSilent || !this.inventory.seesCluster) && { blind: true }),
    };
  }
}

function reportsOf(link: HubLink): PlanReports {
  return {
    accept: (message) => void link.post('plan.accept', message, `accept ${message.planId}`),
    progress: (message) => link.say('plan.progress', message),
    waiting: (message) => link.say('plan.waiting', message),
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
