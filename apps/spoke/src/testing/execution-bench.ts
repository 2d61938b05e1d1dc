import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  headOf,
  observeRelease,
  PLAN_LABEL,
  underlyingState,
  type ReleaseRecord,
} from '@apollo-deploy/helm';
import { ScriptedHelmRunner, type ScriptedChart } from '@apollo-deploy/helm/testing';
import { err, jsonDigest, ok } from '@apollo-deploy/kernel';
import { manifestDocuments, type ApiResource, type KubeObject } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { releaseDigest, type OfferedContent, type PlanOffer } from '@apollo-deploy/protocol';
import { ConfigMapLedger } from '../execution/config-map-ledger.js';
import type { ExecutorOptions } from '../execution/executor.js';
import type { ClaimHolder, LedgerClaim, LedgerVerdict } from '../execution/ledger-entry.js';
import type { RunningProcess } from '../execution/process-table.js';
import { BenchSpoke, type BenchSpokeOptions } from './bench-spoke.js';
import { disowned, rolledBackByHelm3, uninstalledKeepingHistory } from './release-secret-edits.js';
import { VirtualTime } from './virtual-time.js';

// The YAML reader is loaded at its first use, which takes real time; no bench shall wait for it.
await manifestDocuments('');

export const DEAD_HOLDER: ClaimHolder = {
  instance: 'dead-spoke',
  host: 'node-a',
  agent: { pid: 100, startedAt: '1000' },
};

/** A cluster in memory with a scripted Helm, in which spokes live and die. */
export class ExecutionBench {
  readonly kube: InMemoryKubeApi;
  readonly helm: ScriptedHelmRunner;
  readonly time = new VirtualTime();
  readonly ledger: ConfigMapLedger;
  /** What runs on the machine besides this. */
  processes: RunningProcess[] = [];
  /** Charts that the hub does not have. */
  readonly missingCharts = new Set<string>();
  /** What all spokes logged. */
  readonly logged: string[] = [];
  /** Called before the n-th chart is fetched, by any spoke. */
  beforeFetch: (count: number) => Promise<void> = () => Promise.resolve();
  /** The report that goes with a verdict. */
  look: ExecutorOptions['look'] = () => Promise.resolve(undefined);
  private fetches = 0;
  private readonly charts = new Map<string, string>();

  /** `resources`: kinds that the cluster serves besides its own. */
  constructor(resources: readonly ApiResource[] = []) {
    this.kube = new InMemoryKubeApi({ namespaces: ['shop'], resources });
    this.helm = new ScriptedHelmRunner(this.kube);
    this.ledger = new ConfigMapLedger(this.kube, 'apollo-system');
    this.addChart({ name: 'web', version: '1.0.0', render: configMap('1.0.0') });
    this.addChart({ name: 'web', version: '2.0.0', render: configMap('2.0.0') });
  }

  addChart(chart: ScriptedChart): void {
    const { name, version } = chart;
    this.charts.set(jsonDigest({ name, version }), this.helm.addChart(chart));
  }

  /** Starts a spoke. */
  spoke(options: BenchSpokeOptions = {}): BenchSpoke {
    return new BenchSpoke(this, options);
  }

  /** Fetches a chart, as a spoke does from the hub. */
  async fetchChart(sha256: string) {
    this.fetches += 1;
    await this.beforeFetch(this.fetches);
    const path = this.charts.get(sha256);
    if (path !== undefined && !this.missingCharts.has(sha256)) return ok(path);
    return err({ code: 'chart/not_found', message: `the hub has no chart ${sha256}` } as const);
  }

  /** Installs a chart as an earlier plan of a spoke that has since been replaced. */
  async installed(offer: PlanOffer): Promise<NonNullable<OfferedContent['base']>> {
    const verdict = await this.spoke({ instance: 'earlier-spoke' }).carryOut(offer);
    if (verdict.verdict !== 'succeeded') throw new Error(verdict.message);
    this.helm.commands.length = 0;
    this.fetches = 0;
    return this.base(offer);
  }

  async head({ content }: PlanOffer): Promise<ReleaseRecord | null> {
    const { namespace, releaseName: release } = content;
    return headOf(await observeRelease(this.kube, { namespace, release }));
  }

  /** The present head, as a plan names it. */
  async base(offer: PlanOffer): Promise<NonNullable<OfferedContent['base']>> {
    const head = await this.head(offer);
    if (head === null) throw new Error('there is no release');
    return { revision: head.revision, releaseDigest: releaseDigest(head) };
  }

  /** The ledger as a spoke leaves it that dies after its claim. */
  async claimed(offer: PlanOffer, more: Partial<LedgerClaim> = {}): Promise<void> {
    const entry = await this.ledger.read(offer.content);
    const head = await this.head(offer);
    const { planId, attempt, content } = offer;
    const written = await this.ledger.write({
      ...entry,
      claim: {
        ...{ planId, attempt, content, epoch: 6, holder: DEAD_HOLDER },
        claimedAt: '2026-03-02T11:59:00.000Z',
        baseSecretUid: head?.secretUid ?? null,
        ...more,
      },
    });
    if (!written.ok) throw new Error(written.error.code);
  }

  /** Puts something into the Secret of a revision that Helm did not write. */
  async breakRelease(revision = 1): Promise<void> {
    const data = { release: 'bm9uc2Vuc2U=' };
    await this.editRelease((secret) => ({ ...secret, data }), revision);
  }

  /** Leaves the release as `helm uninstall --keep-history` does; `foreign`: one Apollo did not make. */
  async keepHistoryOnly({ foreign = false } = {}): Promise<void> {
    await this.kube.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' });
    await this.editRelease((secret) => uninstalledKeepingHistory(secret, foreign));
  }

  /** Leaves of a rollback what Helm 3 would have: its target's number, and no plan. */
  async asHelm3(revision: number, backTo: number): Promise<void> {
    await this.editRelease((secret) => rolledBackByHelm3(secret, backTo), revision);
  }

  /** Takes a revision away, as Helm does with the oldest when there are too many. */
  async pruneRelease(revision: number): Promise<void> {
    const name = `sh.helm.release.v1.web.v${revision}`;
    await this.kube.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name });
  }

  /** Makes these revisions look as if somebody had made them by hand. */
  async disown(...revisions: readonly number[]): Promise<void> {
    for (const revision of revisions) {
      await this.editRelease(disowned, revision);
    }
  }

  private async editRelease(edit: (secret: KubeObject) => KubeObject, revision = 1): Promise<void> {
    const name = `sh.helm.release.v1.web.v${revision}`;
    const ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name };
    const secret = await this.kube.get(ref);
    if (!secret.ok) throw new Error(secret.error.message);
    await this.kube.replace(edit(secret.value));
  }

  /** Runs the plan's helm command, without a spoke. `backTo`: the revision of a rollback. */
  async helmRan(offer: PlanOffer, fate: 'normal' | 'killed', backTo = 1): Promise<void> {
    const { content, planId } = offer;
    const { chart, type, releaseName: release, namespace } = content;
    const chartPath = this.charts.get(chart?.sha256 ?? '') ?? '';
    const target = { release, namespace, planId, timeoutMs: 1000 };
    const values = offer.values as Record<string, string>;
    this.helm.nextRun(fate);
    const options = { totalDeadlineMs: 1000, abort: new AbortController().signal };
    await this.helm.run(
      type === 'install'
        ? { verb: 'install', ...target, chartPath, values, createNamespace: false }
        : type === 'uninstall'
          ? { verb: 'uninstall', ...target }
          : type === 'rollback'
            ? { verb: 'rollback', ...target, revision: backTo, forceConflicts: false }
            : { verb: 'upgrade', ...target, chartPath, values, forceConflicts: false },
      options,
    );
    this.helm.commands.length = 0;
  }

  /** Lets everything happen that waits for no time. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
  }

  /** Waits for an outcome; whenever nothing else happens, lets the soonest short wait end. */
  async whileTimePasses<T>(outcome: Promise<T>): Promise<T> {
    const done = outcome.then(() => true);
    for (;;) {
      if (await Promise.race([done, this.quiet().then(() => false)])) return outcome;
      const [soonest] = this.time.pending;
      if (soonest !== undefined && soonest <= 60_000) this.time.advance(soonest);
    }
  }

  /** Revisions of the release, oldest first, with the plan that made each. */
  async history(offer: PlanOffer): Promise<readonly string[]> {
    const { namespace, releaseName: release } = offer.content;
    const state = underlyingState(await observeRelease(this.kube, { namespace, release }));
    return (state?.history ?? []).map(
      ({ revision, status, labels }) =>
        `${revision} ${status} by ${labels[PLAN_LABEL] ?? 'nobody'}`,
    );
  }

  async verdicts(offer: PlanOffer): Promise<readonly LedgerVerdict[]> {
    return (await this.ledger.read(offer.content)).verdicts;
  }
}

function configMap(version: string): ScriptedChart['render'] {
  return (values) => [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'web',
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: {
          'meta.helm.sh/release-name': 'web',
          'meta.helm.sh/release-namespace': 'shop',
        },
      },
      data: { version, text: values['text'] ?? 'default' },
    } satisfies KubeObject,
  ];
}
