import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { headOf, observeRelease, underlyingState, type ReleaseState } from '@apollo-deploy/helm';
import { packChart } from '@apollo-deploy/helm/testing';
import { HttpKubeApi, KubeConnection } from '@apollo-deploy/kube';
import type { SharedTestCluster } from '@apollo-deploy/local-cluster/testing';
import { releaseDigest, type PlanOffer, type PlanVerdict } from '@apollo-deploy/protocol';
import { errorCode } from '../error-code.js';
import { ConfigMapLedger } from '../execution/config-map-ledger.js';
import { verdictOf } from '../execution/ledger-entry.js';
import { ProcProcessTable } from '../execution/process-table.js';
import { hasContent } from '../execution/release-operation-of.js';
import { anOffer } from './plan-offers.js';
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

const FAR_AWAY = '2100-01-01T00:00:00Z';
const RELEASE = 'web';
/** So long a plan, and one helm in it, takes; kills are spread over that. */
const LONGEST_PLAN_MS = 900;
const LONGEST_HELM_MS = 250;
const LONGEST_ROUND_MS = 120_000;
const TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-{{ . }} }
data: { text: {{ $.Values.text | quote }} }
`;
const TEMPLATES = `{{- range (list "a" "b" "c" "d") }}
---
${TEMPLATE.replaceAll('.Release', '$.Release')}{{- end }}
`;

/** One release on a real cluster, changed by plan after plan while somebody kills. */
export class KillLoop {
  private spoke: SpokeProcess | null = null;
  /** Whether the helm of the present spoke dies with it. */
  private tied = true;
  private plans = 0;

  private constructor(
    private readonly cluster: SharedTestCluster,
    private readonly hub: TestHub,
    private readonly kube: HttpKubeApi,
    private readonly directory: string,
    private readonly charts: ReadonlyMap<string, string>,
    private readonly namespace: string,
    private readonly system: string,
    private readonly random: () => number,
  ) {}

  /** `random`: evenly spread over 0 ≤ x < 1; the same numbers make the same rounds. */
  static async open(cluster: SharedTestCluster, random: () => number): Promise<KillLoop> {
    const hub = await TestHub.start();
    const directory = await mkdtemp(join(tmpdir(), 'apollo-kills-'));
    const charts = new Map<string, string>();
    for (const version of ['1.0.0', '2.0.0']) {
      const files = { 'values.yaml': 'text: none\n', 'templates/all.yaml': TEMPLATES };
      const path = await packChart(cluster.helm, directory, { name: 'web', version, files });
      charts.set(version, hub.addChart(await readFile(path)));
    }
    const { kubeconfigPath } = cluster;
    const kube = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path: kubeconfigPath }));
    const namespace = await cluster.freshNamespace('kills');
    const system = await cluster.freshNamespace('kills-system');
    return new KillLoop(cluster, hub, kube, directory, charts, namespace, system, random);
  }

  async close(): Promise<void> {
    await this.spoke?.kill();
    this.kube.close();
    await this.hub.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Offers the next plan, kills in the middle of it, and compares its verdict with the cluster. */
  async round(): Promise<KillRound> {
    const victim = this.pick(VICTIMS);
    if (this.spoke === null || this.tied !== (victim !== 'spoke without its helm')) {
      await this.restart(victim !== 'spoke without its helm');
    }
    const before = await this.observe();
    const offer = this.nextOffer(before);
    const { type } = offer.content;
    this.hub.offer(offer);
    const hit = await this.killDuring(offer, victim);
    const result = await this.verdict(offer);
    const lies = await this.lies(offer, before, result);
    return { type, victim, hit, verdict: wordFor(result), lies };
  }

  private nextOffer(state: ReleaseState): PlanOffer {
    this.plans += 1;
    const head = headOf(state);
    const base = head && { revision: head.revision, releaseDigest: releaseDigest(head) };
    const fails = state.kind === 'failed' && state.lastDeployed === null;
    const type =
      head === null || fails ? 'install' : this.pick(['upgrade', 'upgrade', 'uninstall'] as const);
    const version = this.pick([...this.charts.keys()]);
    const chart = { name: 'web', version, sha256: this.charts.get(version) ?? '' };
    return anOffer({
      ...{ planId: `plan-${this.plans}`, type, base, chart, values: { text: `${this.plans}` } },
      ...{ namespace: this.namespace, release: RELEASE, expiresAt: FAR_AWAY },
      rolloutTimeoutSeconds: 60,
    });
  }

  /** Answers how far the plan was when it was cut off. */
  private async killDuring(offer: PlanOffer, victim: Victim): Promise<string> {
    if (victim === 'helm') {
      const pid = await this.helmOf(offer);
      await wait(this.random() * LONGEST_HELM_MS);
      if (pid === null || !killGroup(pid)) return 'helm was done already';
      return 'helm was at work';
    }
    await wait(this.random() * LONGEST_PLAN_MS);
    await this.spoke?.kill();
    this.spoke = null;
    const hit = await this.progress(offer);
    await this.restart(this.tied);
    this.hub.offer(offer);
    return hit;
  }

  /** The helm that runs for the release; null if the plan ended before one was seen. */
  private async helmOf(offer: PlanOffer): Promise<number | null> {
    const table = new ProcProcessTable();
    for (const end = Date.now() + LONGEST_ROUND_MS; Date.now() < end; await wait(5)) {
      if (this.told(offer).length > 0) return null;
      const found = (await table.list())?.find(
        ({ pid, processGroup, argv }) =>
          argv.includes(offer.content.type) &&
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
    const head = headOf(state);
    if (verdictOf(entry, offer.planId) !== undefined) return 'it had its verdict';
    if (entry.claim === null) return 'nothing was claimed';
    if (state.kind === 'locked') return `helm was at work (${state.head.status})`;
    const done = offer.content.type === 'uninstall' ? head === null : head?.planId === offer.planId;
    return done ? 'helm was done' : 'it was claimed';
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
    const entry = await this.ledger().read(offer.content);
    const kept = verdictOf(entry, offer.planId)?.verdict;
    const word = wordFor(verdict);
    const claims: readonly Claim[] = [
      ...untruths(offer, before, after, word),
      [kept === undefined || wordFor(kept) !== word, 'the ledger says something else'],
      [entry.claim !== null, 'the claim is still there'],
      [this.told(offer).some((other) => wordFor(other) !== word), 'it was told in two ways'],
    ];
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
      APOLLO_HELM: this.cluster.helm,
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

  private pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.random() * choices.length)];
    if (choice === undefined) throw new Error('there is nothing to choose from');
    return choice;
  }
}

type Claim = readonly [lie: boolean, what: string];

function untruths(
  offer: PlanOffer,
  before: ReleaseState,
  after: ReleaseState,
  word: string,
): Claim[] {
  const [was, is] = [headOf(before), headOf(after)];
  const history = underlyingState(after)?.history ?? [];
  const made = history.filter(({ revision }) => revision > (was?.revision ?? 0)).length;
  const untouched = was?.secretUid === is?.secretUid && was?.status === is?.status;
  const done = isInEffect(offer, after);
  return [
    [word === 'succeeded' && !done, 'it succeeded, and is not in effect'],
    [word !== 'succeeded' && done, 'it is in effect, and did not succeed'],
    [word.startsWith('declined') && !untouched, 'it was declined, and touched the release'],
    [word === 'unknown', 'nobody knows, and there are no hooks'],
    [made > 1, `it made ${made} revisions`],
    [after.kind === 'locked', 'the release is stuck'],
  ];
}

function isInEffect({ planId, content }: PlanOffer, state: ReleaseState): boolean {
  if (content.type === 'uninstall') return state.kind === 'absent';
  return (
    state.kind === 'deployed' && state.head.planId === planId && hasContent(state.head, content)
  );
}

function wordFor(verdict: PlanVerdict): string {
  if (verdict.verdict === 'failed') return `${verdict.outcome} ${verdict.reason}`;
  return verdict.verdict === 'declined' ? `declined ${verdict.reason}` : verdict.verdict;
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
