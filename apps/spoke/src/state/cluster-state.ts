import type { KubeKind, KubeObject, KubeRef, Timer } from '@apollo-deploy/kube';
import type { ReleaseReport } from '@apollo-deploy/protocol';
import type { Clock } from '../clock.js';
import type { Comparison, DriftFinder } from '../drift/drift-finder.js';
import { expectedKey } from '../drift/expected-release.js';
import type { HealthRules } from '../health-rules/read-health-rules.js';
import type { LiveChange, WantedKind } from './kind-watch.js';
import type { Following, LiveObjects } from './live-objects.js';
import { OwnedPods } from './owned-pods.js';
import type { PodUsage } from './pod-usage.js';
import { RecentWarnings } from './recent-warnings.js';
import { ReleaseIndex } from './release-index.js';
import type { ReleaseInventory } from './release-inventory.js';
import { releaseReport, reportDigest, type KnownRelease, type LiveLook } from './release-report.js';
import { EVENT, warningEvent } from './warning-event.js';

export interface ClusterStateOptions {
  readonly inventory: Pick<ReleaseInventory, 'get' | 'has' | 'keys' | 'ready' | 'refresh'>;
  readonly live: LiveObjects;
  readonly drift: Pick<DriftFinder, 'of' | 'read'>;
  readonly usage: Pick<PodUsage, 'of'>;
  readonly healthRules: HealthRules;
  readonly clock: Clock;
  /** When the cluster was last heard: what is reported is as of then. */
  readonly heardAt: () => Date;
  readonly timer: Timer;
  /** Called with what reads differently than before; `null` where a release is gone. */
  readonly onChange: (changed: ReadonlyMap<string, ReleaseReport | null>) => void;
}

/** Pods, and what stands between them and a workload. */
const ALWAYS: readonly KubeKind[] = [
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  { apiVersion: 'batch/v1', kind: 'Job' },
];
const [POD, ...BETWEEN] = ALWAYS;
/** Changes come in bursts; what they concern is looked at once. */
const COALESCE_MS = 200;
const READ_AGAIN_MS = 2000;

/** The reports of all releases, up to date with the cluster. Computes only what a change concerns. */
export class ClusterState {
  private readonly reported = new Map<string, { digest: string; report: ReleaseReport }>();
  private readonly dirty = new Set<string>();
  private readonly rechecks = new Map<string, () => void>();
  private readonly warnings = new RecentWarnings();
  private following: Following | null = null;
  private followed = '';
  private index = new ReleaseIndex(new Map());
  private cancelTimer: (() => void) | null = null;
  private updates: Promise<void> = Promise.resolve();
  private releasesChanged = true;
  private running = true;

  constructor(private readonly options: ClusterStateOptions) {}

  /** To be called when the inventory says that a release came, changed or went. */
  releaseChanged(key: string): void {
    this.releasesChanged = true;
    this.mark([key]);
  }

  /** To be called when something can be looked at that could not, or the other way round. */
  sightChanged(): void {
    this.mark(this.options.inventory.keys());
  }

  /** To be called when pods, as `namespace/name`, use more or less than before. */
  usageChanged(pods: readonly string[]): void {
    if (POD === undefined) return;
    for (const key of pods) {
      const [namespace = '', name = ''] = key.split('/');
      const object = this.following?.get({ ...POD, namespace, name }) ?? null;
      if (object !== null) this.take({ type: 'upserted', object });
    }
  }

  /** All reports as of the last look, once there was one. */
  async reports(): Promise<readonly ReleaseReport[]> {
    await this.options.inventory.ready;
    await this.update();
    return [...this.reported.values()].map(({ report }) => report);
  }

  /**
   * The report of one release as of this moment: null if there is no such release, undefined if it
   * changed too fast to be read. No report told later is older. Throws `KubeUnavailable`.
   */
  async reportNow(name: {
    readonly namespace: string;
    readonly releaseName: string;
  }): Promise<ReleaseReport | null | undefined> {
    const key = `${name.namespace}/${name.releaseName}`;
    await this.options.inventory.refresh(name);
    this.releasesChanged = true;
    this.dirty.add(key);
    await this.update();
    return this.reported.get(key)?.report ?? (this.options.inventory.has(key) ? undefined : null);
  }

  stop(): void {
    this.running = false;
    this.cancelTimer?.();
    for (const cancel of this.rechecks.values()) cancel();
    this.following?.stop();
  }

  private mark(keys: readonly string[]): void {
    for (const key of keys) this.dirty.add(key);
    if (this.dirty.size > 0) this.updateSoon();
  }

  private updateSoon(): void {
    if (!this.running || this.cancelTimer !== null) return;
    this.cancelTimer = this.options.timer.after(COALESCE_MS, () => {
      this.cancelTimer = null;
      void this.update();
    });
  }

  /** One after the other, so that none overtakes another. */
  private update(): Promise<void> {
    this.updates = this.updates.then(async () => {
      await this.followKinds();
      const keys = [...this.dirty];
      // What changes while content is read is looked at, and read, once more.
      this.dirty.clear();
      await this.readContent(keys);
      if (this.running) this.lookAgain(keys);
    });
    return this.updates;
  }

  /** Follows the kinds that the releases are made of now. */
  private async followKinds(): Promise<void> {
    if (!this.releasesChanged || !this.running) return;
    this.releasesChanged = false;
    const releases = this.known();
    this.index = new ReleaseIndex(releases);
    const refs = [...releases.values()].flatMap((release) => release.refs);
    const kinds = new Map(wantedKinds(refs).map((wanted) => [wantedKey(wanted), wanted]));
    const wanted = [...kinds.keys()].sort().join();
    if (wanted !== this.followed) {
      const before = this.following;
      this.followed = wanted;
      this.following = this.options.live.follow([...kinds.values()], (change) => this.take(change));
      before?.stop();
    }
    await this.following?.ready;
  }

  /** Reads what the watches do not show; what cannot be read now is tried again. */
  private async readContent(keys: readonly string[]): Promise<void> {
    const comparisons = keys.flatMap((key) => this.comparisons(key));
    if (await this.options.drift.read(comparisons)) return;
    this.options.timer.after(READ_AGAIN_MS, () => {
      if (this.running) this.mark(keys);
    });
  }

  private comparisons(key: string): readonly Comparison[] {
    const { inventory } = this.options;
    const release = inventory.get(key);
    return (release?.refs ?? []).flatMap((ref) => {
      const live = this.following?.get(ref) ?? null;
      const expected = release?.expected.get(expectedKey(ref));
      return live === null || expected === undefined ? [] : [{ ref, expected, live }];
    });
  }

  private lookAgain(keys: readonly string[]): void {
    const { following } = this;
    if (following === null) return;
    const owned = new OwnedPods(
      POD === undefined ? [] : following.list(POD),
      BETWEEN.flatMap((kind) => following.list(kind)),
    );
    const { clock, drift, usage, healthRules: rules } = this.options;
    const now = clock.now();
    const warnings = this.warnings.look(following.list(EVENT), now);
    const look: LiveLook = {
      find: (comparison) => drift.of(comparison),
      usageOf: (pod) => usage.of(pod),
      ...{ get: following.get, refusal: following.refusal },
      warningsOf: (namespace, objects) =>
        following.refusal({ ...EVENT, namespace }) === null ? warnings.about(objects) : null,
      ...{ owned, rules, now, heardAt: this.options.heardAt() },
    };
    const changed = new Map<string, ReleaseReport | null>();
    for (const key of keys) {
      const release = this.options.inventory.get(key);
      const report = release === null ? this.forget(key) : this.report(key, release, look);
      if (report !== undefined) changed.set(key, report);
    }
    if (changed.size > 0) this.options.onChange(changed);
  }

  /** Null if it was reported and is gone; undefined if there is nothing to say. */
  private forget(key: string): null | undefined {
    this.rechecks.get(key)?.();
    this.rechecks.delete(key);
    return this.reported.delete(key) ? null : undefined;
  }

  /** Undefined if the report says what it said before. */
  private report(key: string, release: KnownRelease, look: LiveLook): ReleaseReport | undefined {
    const { report, recheckAt } = releaseReport(release, look);
    this.recheck(key, recheckAt, look.now);
    const digest = reportDigest(report);
    const unchanged = this.reported.get(key)?.digest === digest;
    this.reported.set(key, { digest, report });
    return unchanged ? undefined : report;
  }

  private recheck(key: string, at: Date | null, now: Date): void {
    this.rechecks.get(key)?.();
    this.rechecks.delete(key);
    if (at === null) return;
    const inMs = Math.max(at.getTime() - now.getTime(), COALESCE_MS);
    this.rechecks.set(
      key,
      this.options.timer.after(inMs, () => this.mark([key])),
    );
  }

  private take({ object }: LiveChange): void {
    const find = this.following?.get;
    if (find === undefined) return;
    const about = object.kind === EVENT.kind ? aboutOf(object, find) : object;
    if (about !== null) this.mark(this.index.concernedBy(about, find));
  }

  private known(): ReadonlyMap<string, KnownRelease> {
    const releases = new Map<string, KnownRelease>();
    for (const key of this.options.inventory.keys()) {
      const release = this.options.inventory.get(key);
      if (release !== null) releases.set(key, release);
    }
    return releases;
  }
}

/** What an Event is about; null if that is not known here, and then it concerns nobody. */
function aboutOf(event: KubeObject, find: (ref: KubeRef) => KubeObject | null): KubeObject | null {
  const about = warningEvent(event)?.about;
  return about === undefined ? null : find(about);
}

/** What the releases are made of, and what stands below it, where it is. */
function wantedKinds(refs: readonly WantedKind[]): readonly WantedKind[] {
  const namespaces = new Set(refs.map(({ namespace }) => namespace));
  const below = [...namespaces].flatMap((namespace) =>
    namespace === undefined ? [] : [...ALWAYS, EVENT].map((kind) => ({ ...kind, namespace })),
  );
  return [...ALWAYS, EVENT, ...refs, ...below];
}

function wantedKey({ apiVersion, kind, namespace = '' }: WantedKind): string {
  return `${apiVersion}/${kind}/${namespace}`;
}
