import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { headOf, observeRelease, type ReleaseState } from '@apollo-deploy/helm';
import { HttpKubeApi, KubeConnection } from '@apollo-deploy/kube';
import type { SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import type { PlanOffer, PlanVerdict } from '@apollo-deploy/protocol';
import { ConfigMapLedger } from '../execution/config-map-ledger.js';
import { verdictOf } from '../execution/ledger-entry.js';
import { KillFront, type Moment, type SeenRequest } from './kill-front.js';
import type { KillGoal, KillGoals } from './kill-goals.js';
import { killHelm } from './kill-helm.js';
import { hasHooks, packCharts } from './kill-loop-charts.js';
import { KillPlans, RELEASE } from './kill-loop-plans.js';
import { stepOf, type PlanType, type Victim } from './kill-loop-steps.js';
import { untruths, wordFor, type EndedPlan, type LiveTexts } from './kill-loop-truth.js';
import { isMoment, momentOf, type Strike } from './kill-strike.js';
import { SpokeProcess } from './spoke-process.js';
import { TestHub } from './test-hub.js';

/** What one round did, and what is untrue after it; empty if nothing is. */
export interface KillRound {
  readonly goal: KillGoal;
  /** False: the plan ended before it came by there, or did not come by. */
  readonly killed: boolean;
  readonly verdict: string;
  /** What the verdict says to people. */
  readonly message: string;
  readonly lies: readonly string[];
  readonly tookMs: number;
}

const LONGEST_ROUND_MS = 120_000;
/** Where a kill is not before a request and not after it, it comes so long after, at most. */
const LONGEST_DELAY_MS = 120;
/** Of so many kills one is that of a helm alone, for which there are fewer steps. */
const HELM_EVERY = 5;

export interface KillLoopOptions {
  /** Evenly spread over 0 ≤ x < 1; the same numbers make the same plans. */
  readonly random: () => number;
  /** Which of the cluster's Helm programs. */
  readonly helm: 'helm' | 'helm3';
  /** What all loops of a run have hit. */
  readonly goals: KillGoals;
}

/** One release on a real cluster, changed by plan after plan while somebody kills. */
export class KillLoop {
  private spoke: SpokeProcess | null = null;
  /** Whether the helm of the present spoke dies with it. */
  private tied = false;
  private rounds = 0;
  private strike: Strike | null = null;
  private hookRuns: Record<string, number> = {};
  /** Called when the victim of the present strike was found. */
  private onStrike: () => void = () => undefined;

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

  private front: KillFront | null = null;

  static async open(cluster: SharedTestCluster, options: KillLoopOptions): Promise<KillLoop> {
    const hub = await TestHub.start();
    const directory = await mkdtemp(join(tmpdir(), 'apollo-kills-'));
    const archives = await packCharts(cluster.helm, directory);
    const charts = new Map([...archives].map(([version, bytes]) => [version, hub.addChart(bytes)]));
    const { kubeconfigPath } = cluster;
    const kube = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path: kubeconfigPath }));
    const namespace = await cluster.freshNamespace('kills');
    const system = await cluster.freshNamespace('kills-system');
    const owed = (type: PlanType): number => options.goals.owed([type]).length;
    const plans = new KillPlans(charts, namespace, options.random, owed);
    const loop = new KillLoop(cluster, hub, kube, directory, plans, namespace, system, options);
    loop.front = await KillFront.before(kubeconfigPath, (...seen) => loop.gate(...seen));
    await writeFile(join(directory, 'kubeconfig'), loop.front.kubeconfig, { mode: 0o600 });
    return loop;
  }

  async close(): Promise<void> {
    await this.spoke?.kill();
    await this.front?.stop();
    this.kube.close();
    await this.hub.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /**
   * Offers the next plan, kills in the step that was hit least, and compares its verdict with the
   * cluster. Spokes with and without a hold on their helm take turns.
   */
  async round(): Promise<KillRound> {
    const startedAt = performance.now();
    this.rounds += 1;
    if (this.spoke === null) await this.restart();
    const before = await this.observe();
    const liveBefore = await this.liveTexts();
    const offer = this.plans.next(before);
    const goal = this.options.goals.aim(this.victim(), offer.content.type, hooksIn(offer, before));
    const { killed, verdict } = await this.carryOut(offer, goal);
    if (killed) this.options.goals.struck(goal);
    const word = wordFor(verdict);
    const after = await this.observe();
    if (word === 'succeeded') this.plans.remember(offer, after);
    const live = { before: liveBefore, after: await this.liveTexts() };
    const ended = { offer, before, after, word, live, hookRuns: this.hookRuns };
    const lies = await this.lies(ended);
    const { message } = verdict;
    return { goal, killed, verdict: word, message, lies, tookMs: performance.now() - startedAt };
  }

  private victim(): Victim {
    if (this.rounds % HELM_EVERY === 0) return 'helm';
    return this.tied ? 'spoke' : 'spoke without its helm';
  }

  private async carryOut(
    offer: PlanOffer,
    goal: KillGoal,
  ): Promise<{ readonly killed: boolean; readonly verdict: PlanVerdict }> {
    const moment = momentOf(this.options.random());
    const strike: Strike = { goal, offer, moment, begun: false, done: null };
    const struck = new Promise<void>((resolve) => (this.onStrike = resolve));
    this.hookRuns = {};
    this.strike = strike;
    this.hub.offer(offer);
    await Promise.race([struck, this.verdict(offer)]);
    const killed = (await strike.done) ?? false;
    if (this.spoke === null) {
      await this.restart();
      this.hub.offer(offer);
    }
    const verdict = await this.verdict(offer);
    this.strike = null;
    return { killed, verdict };
  }

  /** Sees every request of the spoke and its helm, and kills at the one that is aimed at. */
  private async gate(seen: SeenRequest, moment: Moment, status = 0): Promise<'pass' | 'cut'> {
    const { strike } = this;
    if (strike === null) return 'pass';
    const { goal, offer } = strike;
    const step = stepOf(seen, goal.type);
    if (step === 'helm runs a hook' && moment === 'after' && status === 201) this.countHook(seen);
    if (step === 'spoke reads the ledger') strike.begun = true;
    const isIt = step === goal.step && isMoment(strike, moment);
    if (!isIt || this.told(offer).length > 0) return 'pass';
    strike.done = this.kill(strike);
    if (strike.moment === 'later') return 'pass';
    await strike.done;
    // A helm that lives on has its answer all the same.
    return seen.by === 'helm' && goal.victim === 'spoke without its helm' ? 'pass' : 'cut';
  }

  private countHook({ body }: SeenRequest): void {
    const job = JSON.parse(body) as { readonly metadata: { readonly name: string } };
    const { name } = job.metadata;
    this.hookRuns[name] = (this.hookRuns[name] ?? 0) + 1;
  }

  /** False if the plan had its verdict, or helm its end, before that. */
  private async kill({ goal, offer, moment }: Strike): Promise<boolean> {
    try {
      if (moment === 'later') await wait(this.options.random() * LONGEST_DELAY_MS);
      if (this.told(offer).length > 0) return false;
      if (goal.victim === 'helm') return await killHelm(this.namespace);
      const { spoke } = this;
      this.spoke = null;
      await spoke?.kill();
      return this.told(offer).length === 0;
    } finally {
      this.onStrike();
    }
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
  private async lies(ended: EndedPlan): Promise<string[]> {
    const { offer, word } = ended;
    const entry = await this.ledger().read(offer.content);
    const kept = verdictOf(entry, offer.planId)?.verdict;
    const claims = [
      ...untruths(ended),
      [kept === undefined || wordFor(kept) !== word, 'the ledger says something else'],
      [entry.claim !== null, 'the claim is still there'],
      [this.told(offer).some((other) => wordFor(other) !== word), 'it was told in two ways'],
    ] as const;
    return claims
      .filter(([lie]) => lie)
      .map(
        ([, what]) =>
          `${this.namespace} ${offer.planId} ${offer.content.type} (${word}): ${what}: ${kept?.message}`,
      );
  }

  /** A spoke whose helm dies with it where that of the last one lived on, and the other way about. */
  private async restart(): Promise<void> {
    this.tied = !this.tied;
    const hellos = this.hellos();
    this.spoke = SpokeProcess.start({
      APOLLO_HUB_URL: this.hub.httpUrl,
      APOLLO_SPOKE_TOKEN: this.hub.token,
      APOLLO_KUBECONFIG: join(this.directory, 'kubeconfig'),
      APOLLO_HELM: this.cluster[this.options.helm],
      APOLLO_SPOKE_NAMESPACE: this.system,
      APOLLO_SPOKE_WORKDIR: join(this.directory, 'work'),
      APOLLO_LOG_LEVEL: 'error',
      // Without setpriv on its path a spoke cannot tie its helm to its own life.
      PATH: this.tied ? (process.env['PATH'] ?? '') : this.directory,
      HOME: this.directory,
    });
    const hello = this.hub.eventually(() => (this.hellos() > hellos ? true : undefined));
    const late = wait(LONGEST_ROUND_MS, null, { ref: false });
    if ((await Promise.race([hello, late])) === null) throw new Error('the spoke did not come up');
  }

  private hellos(): number {
    return this.hub.frames.filter(({ t }) => t === 'hello').length;
  }

  private observe(): Promise<ReleaseState> {
    return observeRelease(this.kube, { release: RELEASE, namespace: this.namespace });
  }

  /** Of the release's own objects, as they are. */
  private async liveTexts(): Promise<LiveTexts> {
    const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
    const listed = await this.kube.list(kind, { namespace: this.namespace });
    if (!listed.ok) throw new Error(listed.error.message);
    const own = listed.value.items.filter(({ metadata }) => metadata.name.startsWith(RELEASE));
    return Object.fromEntries(
      own.map(({ metadata, data }) => [metadata.name, (data as { text?: string }).text ?? '']),
    );
  }

  private ledger(): ConfigMapLedger {
    return new ConfigMapLedger(this.kube, this.system);
  }
}

/** Whether Helm comes by a hook: one of what the plan brings, or of what it removes. */
function hooksIn({ content }: PlanOffer, before: ReleaseState): boolean {
  const version =
    content.type === 'uninstall' ? headOf(before)?.chartVersion : content.chart?.version;
  return version !== undefined && hasHooks(version);
}
