import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { observeRelease, type ReleaseState } from '@apollo-deploy/helm';
import { HttpKubeApi, KubeConnection } from '@apollo-deploy/kube';
import type { SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { PlanOffer, PlanVerdict } from '@apollo-deploy/protocol';
import { errorCode } from '../error-code.js';
import { ConfigMapLedger } from '../execution/config-map-ledger.js';
import { verdictOf } from '../execution/ledger-entry.js';
import { ProcProcessTable } from '../execution/process-table.js';
import { packCharts } from './kill-loop-charts.js';
import { KillPlans, RELEASE } from './kill-loop-plans.js';
import { isInEffect, untruths, wordFor } from './kill-loop-truth.js';
import { SpokeProcess } from './spoke-process.js';
import { TestHub } from './test-hub.js';

/** What is killed in a round: the spoke, its helm, or the spoke while its helm may live on. */
export const VICTIMS = ['spoke', 'helm', 'spoke without its helm'] as const;
export type Victim = (typeof VICTIMS)[number];

/** What one round did, and what is untrue after it; empty if nothing is. */
export interface KillRound {
  readonly type: PlanOffer['content']['type'];
  readonly victim: Victim;
  /** How far the plan was when it happened. */
  readonly hit: string;
  readonly verdict: string;
  readonly lies: readonly string[];
}

const LONGEST_ROUND_MS = 120_000;
/** So long a plan, and one helm in it, takes on a quiet machine. */
const LEAST_PLAN_MS = 900;
const LEAST_HELM_MS = 250;

export interface KillLoopOptions {
  /** Evenly spread over 0 ≤ x < 1; the same numbers make the same plans. */
  readonly random: () => number;
  /** Which of the cluster's Helm programs. */
  readonly helm: 'helm' | 'helm3';
}

const UNHARMED = 'helm was done already';

/** One release on a real cluster, changed by plan after plan while somebody kills. */
export class KillLoop {
  private spoke: SpokeProcess | null = null;
  /** Whether the helm of the present spoke dies with it. */
  private tied = true;
  private rounds = 0;
  /** So long the last plan took that nobody cut off, and its helm; kills are spread over that. */
  private planMs = LEAST_PLAN_MS;
  private helmMs = LEAST_HELM_MS;

  private constructor(
    private readonly cluster: SharedTestCluster,
    private readonly hub: TestHub,
    private readonly kube: HttpKubeApi,
    private readonly directory: string,
    private readonly plans: KillPlans,
    private readonly namespace: string,
    private readonly system: string,
    private readonly options: KillLoopOptions,
  ) {}

  static async open(cluster: SharedTestCluster, options: KillLoopOptions): Promise<KillLoop> {
    const hub = await TestHub.start();
    const directory = await mkdtemp(join(tmpdir(), 'apollo-kills-'));
    const archives = await packCharts(cluster.helm, directory);
    const charts = new Map([...archives].map(([version, bytes]) => [version, hub.addChart(bytes)]));
    const { kubeconfigPath } = cluster;
    const kube = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path: kubeconfigPath }));
    const namespace = await cluster.freshNamespace('kills');
    const system = await cluster.freshNamespace('kills-system');
    const plans = new KillPlans(charts, namespace, options.random);
    return new KillLoop(cluster, hub, kube, directory, plans, namespace, system, options);
  }

  async close(): Promise<void> {
    await this.spoke?.kill();
    this.kube.close();
    await this.hub.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /**
   * Offers the next plan, kills in the middle of it, and compares its verdict with the cluster. The
   * victims take turns.
   */
  async round(): Promise<KillRound> {
    const victim = VICTIMS[this.rounds % VICTIMS.length] ?? 'spoke';
    this.rounds += 1;
    const tied = victim !== 'spoke without its helm';
    if (this.spoke === null || this.tied !== tied) await this.restart(tied);
    const before = await this.observe();
    const offer = this.plans.next(before);
    const offeredAt = performance.now();
    this.hub.offer(offer);
    const hit = await this.killDuring(offer, victim);
    const verdict = await this.verdict(offer);
    if (hit === UNHARMED) this.learn(verdict, performance.now() - offeredAt);
    const lies = await this.lies(offer, before, verdict);
    return { type: offer.content.type, victim, hit, verdict: wordFor(verdict), lies };
  }

  private learn({ evidence }: PlanVerdict, tookMs: number): void {
    this.planMs = Math.max(tookMs, LEAST_PLAN_MS);
    const [command] = (evidence['commands'] ?? []) as { readonly durationMs: number }[];
    this.helmMs = Math.max(command?.durationMs ?? 0, LEAST_HELM_MS);
  }

  /** Answers how far the plan was when it was cut off. */
  private async killDuring(offer: PlanOffer, victim: Victim): Promise<string> {
    if (victim === 'helm') {
      const pid = await this.helmOf(offer);
      await wait(this.options.random() * this.helmMs);
      if (pid === null || !killGroup(pid)) return UNHARMED;
      return 'helm was at work';
    }
    await wait(this.options.random() * this.planMs);
    await this.spoke?.kill();
    this.spoke = null;
    const hit = await this.progress(offer);
    await this.restart(this.tied);
    this.hub.offer(offer);
    return hit;
  }

  /** The helm that runs for the release; null if the plan ended before one was seen. */
  private async helmOf(offer: PlanOffer): Promise<number | null> {
    const { type } = offer.content;
    const verb = type === 'config_update' ? 'upgrade' : type;
    const table = new ProcProcessTable();
    for (const end = Date.now() + LONGEST_ROUND_MS; Date.now() < end; await wait(5)) {
      if (this.told(offer).length > 0) return null;
      const found = (await table.list())?.find(
        ({ pid, processGroup, argv }) =>
          argv.includes(verb) &&
          argv.includes(RELEASE) &&
          argv.some((argument) => argument.endsWith(this.namespace)) &&
          pid === processGroup,
      );
      if (found !== undefined) return found.pid;
    }
    return null;
  }

  private async progress(offer: PlanOffer): Promise<string> {
    const entry = await this.ledger().read(offer.content);
    const state = await this.observe();
    if (verdictOf(entry, offer.planId) !== undefined) return 'it had its verdict';
    if (entry.claim === null) return 'nothing was claimed';
    if (state.kind === 'locked') return `helm was at work (${state.head.status})`;
    return isInEffect(offer, state) ? 'helm was done' : 'it was claimed';
  }

  private async verdict(offer: PlanOffer): Promise<PlanVerdict> {
    const late = wait(LONGEST_ROUND_MS, null, { ref: false });
    const told = await Promise.race([this.hub.eventually(() => this.told(offer)[0]), late]);
    if (told === null) throw new Error(`plan ${offer.planId} was lost: there is no verdict on it`);
    return told;
  }

  private told({ planId }: PlanOffer): PlanVerdict[] {
    return this.hub.frames.flatMap((frame) =>
      frame.t === 'plan.result' && frame.p.planId === planId ? [frame.p.result] : [],
    );
  }

  /** What the verdict says and the cluster does not, or the other way about. */
  private async lies(
    offer: PlanOffer,
    before: ReleaseState,
    verdict: PlanVerdict,
  ): Promise<string[]> {
    const after = await this.observe();
    const word = wordFor(verdict);
    if (word === 'succeeded') this.plans.remember(offer, after);
    const entry = await this.ledger().read(offer.content);
    const kept = verdictOf(entry, offer.planId)?.verdict;
    const claims = [
      ...untruths({ offer, before, after, word }),
      [kept === undefined || wordFor(kept) !== word, 'the ledger says something else'],
      [entry.claim !== null, 'the claim is still there'],
      [this.told(offer).some((other) => wordFor(other) !== word), 'it was told in two ways'],
    ] as const;
    return claims.filter(([lie]) => lie).map(([, what]) => `${offer.planId} (${word}): ${what}`);
  }

  /** A spoke whose helm dies with it, or lives on. */
  private async restart(tied: boolean): Promise<void> {
    await this.spoke?.kill();
    this.tied = tied;
    const hellos = this.hellos();
    this.spoke = SpokeProcess.start({
      APOLLO_HUB_URL: this.hub.httpUrl,
      APOLLO_SPOKE_TOKEN: this.hub.token,
      APOLLO_KUBECONFIG: this.cluster.kubeconfigPath,
      APOLLO_HELM: this.cluster[this.options.helm],
      APOLLO_SPOKE_NAMESPACE: this.system,
      APOLLO_SPOKE_WORKDIR: join(this.directory, 'work'),
      APOLLO_LOG_LEVEL: 'error',
      // Without setpriv on its path a spoke cannot tie its helm to its own life.
      PATH: tied ? (process.env['PATH'] ?? '') : this.directory,
      HOME: this.directory,
    });
    await this.hub.eventually(() => (this.hellos() > hellos ? true : undefined));
  }

  private hellos(): number {
    return this.hub.frames.filter(({ t }) => t === 'hello').length;
  }

  private observe(): Promise<ReleaseState> {
    return observeRelease(this.kube, { release: RELEASE, namespace: this.namespace });
  }

  private ledger(): ConfigMapLedger {
    return new ConfigMapLedger(this.kube, this.system);
  }
}

/** False: it was faster. */
function killGroup(pid: number): boolean {
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}
