import { ReleaseReader } from '@apollo-deploy/helm';
import type { ScriptedHelmRunner } from '@apollo-deploy/helm/testing';
import type { KubeApi } from '@apollo-deploy/kube';
import type { PlanOffer, PlanVerdict, SpokePayload } from '@apollo-deploy/protocol';
import { pino } from 'pino';
import { sameEverywhere } from '../deployers/deployer.js';
import type { ChartFetcher } from '../execution/chart-fetcher.js';
import { ConfigMapLedger } from '../execution/config-map-ledger.js';
import { Executor, type ExecutorOptions } from '../execution/executor.js';
import type { Self } from '../execution/judge-holder.js';
import type { MachineIdentity } from '../execution/ledger-entry.js';
import { Limit } from '../execution/limit.js';
import type { PlanReports } from '../execution/plan-reports.js';
import type { RunningProcess } from '../execution/process-table.js';
import type { HealthRules } from '../health-rules/read-health-rules.js';
import type { PolicyFile } from '../policy/policy-file.js';
import { LiveObjects } from '../state/live-objects.js';
import { Events } from './events.js';
import type { VirtualTime } from './virtual-time.js';

/** What a spoke tells its hub of its plans. */
export type Told =
  | { readonly t: 'accept'; readonly p: SpokePayload<'plan.accept'> }
  | { readonly t: 'progress'; readonly p: SpokePayload<'plan.progress'> }
  | { readonly t: 'waiting'; readonly p: SpokePayload<'plan.waiting'> }
  | { readonly t: 'result'; readonly p: SpokePayload<'plan.result'> };

/** What a spoke of a bench lives in. */
interface BenchWorld {
  readonly kube: KubeApi;
  readonly helm: ScriptedHelmRunner;
  readonly time: VirtualTime;
  /** What all spokes logged. */
  readonly logged: string[];
  /** What runs on the machine besides this. */
  readonly processes: readonly RunningProcess[];
  /** The report that goes with a verdict. */
  readonly look: ExecutorOptions['look'];
  readonly fetchChart: ChartFetcher['fetch'];
}

/** What is different about a spoke. */
export interface BenchSpokeOptions {
  readonly instance?: string;
  readonly host?: string;
  readonly machine?: MachineIdentity;
  readonly maxParallel?: number;
  /** Its own way to the cluster. */
  readonly kube?: KubeApi;
  /** How far its clock is ahead of the hub's. */
  readonly aheadMs?: number;
  readonly healthRules?: HealthRules;
  /** What the owner of the cluster allows; absent: everything. */
  readonly policy?: PolicyFile;
  readonly missLedger?: () => Promise<void>;
}

/** One process of a spoke: what it told the hub, and which offers it acknowledged. */
export class BenchSpoke {
  readonly told = new Events<Told>();
  readonly acknowledged: string[] = [];
  readonly executor: Executor;

  constructor(
    bench: BenchWorld,
    {
      instance = 'spoke-1',
      host = 'node-a',
      machine,
      maxParallel = 2,
      kube = bench.kube,
      aheadMs = 0,
      healthRules = {},
      ...asked
    }: BenchSpokeOptions,
  ) {
    const { helm, time } = bench;
    const self: Self = {
      ...{ instance, host, agent: { pid: 200, startedAt: '2000' } },
      ...(machine !== undefined && { machine }),
    };
    const log = pino({}, { write: (line) => void bench.logged.push(line) });
    const reader = new ReleaseReader(kube);
    this.executor = new Executor(
      {
        ...{ kube, reader, self, log, clock: time, timer: time, healthRules },
        deployers: sameEverywhere(kube, reader, helm),
        ledger: new ConfigMapLedger(kube, 'apollo-system'),
        charts: { fetch: (sha256) => bench.fetchChart(sha256) },
        ...asked,
        live: new LiveObjects({ kube, timer: time, random: () => 0.5, log }),
        processes: {
          list: () => Promise.resolve(bench.processes),
          find: (pid) => Promise.resolve(bench.processes.find((one) => one.pid === pid) ?? null),
        },
        limit: new Limit(maxParallel),
      },
      {
        random: () => 0.5,
        look: (release) => bench.look(release),
        reports: this.reports(),
      },
    );
    this.executor.enter({ spoke: 'dev', epoch: 7, aheadMs });
  }

  offer(offer: PlanOffer): void {
    this.executor.offer(offer, () => this.acknowledged.push(offer.planId));
  }

  /** Offers the plan and waits for its verdict. */
  async carryOut(offer: PlanOffer): Promise<PlanVerdict> {
    this.offer(offer);
    return this.verdict(offer.planId);
  }

  async verdict(planId: string): Promise<PlanVerdict> {
    const told = await this.told.until(({ t, p }) => t === 'result' && p.planId === planId);
    return (told.p as SpokePayload<'plan.result'>).result;
  }

  async progress(): Promise<SpokePayload<'plan.progress'>> {
    const told = await this.told.until(({ t }) => t === 'progress');
    return told.p as SpokePayload<'plan.progress'>;
  }

  /** The next thing that a plan is said to wait for. */
  async waiting(): Promise<SpokePayload<'plan.waiting'>> {
    const told = await this.told.until(({ t }) => t === 'waiting');
    return told.p as SpokePayload<'plan.waiting'>;
  }

  private reports(): PlanReports {
    return {
      accept: (p) => this.told.push({ t: 'accept', p }),
      progress: (p) => this.told.push({ t: 'progress', p }),
      waiting: (p) => this.told.push({ t: 'waiting', p }),
      result: (p) => {
        this.told.push({ t: 'result', p });
        return Promise.resolve('acknowledged');
      },
    };
  }
}
