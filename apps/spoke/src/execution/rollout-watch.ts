import {
  refOf,
  type KubeApi,
  type KubeKind,
  type KubeObject,
  type KubeRef,
  type Timer,
} from '@apollo-deploy/kube';
import { judgeRollout, type RolloutVerdict } from '@apollo-deploy/k8s-status';
import type { Clock } from '../clock.js';
import type { HealthRules } from '../health-rules/read-health-rules.js';
import type { Following, LiveChange, LiveObjects } from '../state/live-objects.js';
import type { ManifestRef } from '../state/manifest-refs.js';
import { firstLook, type Unseen } from './first-look.js';

export interface RolloutOptions {
  readonly refs: readonly ManifestRef[];
  /** When the change began: crashes from before it do not count. */
  readonly startedAt: Date;
  readonly deadlineAt: Date;
  /** Ends the look without a verdict. */
  readonly abort: AbortSignal;
  /** Called when what is waited for changes. */
  readonly onProgress: (message: string) => void;
}

export interface RolloutEnd {
  readonly verdict: RolloutVerdict;
  /** Objects that the spoke's account may not look at, so nothing is claimed of them. */
  readonly unwatched: readonly KubeRef[];
}

interface Collaborators {
  readonly kube: KubeApi;
  readonly live: LiveObjects;
  readonly healthRules: HealthRules;
  readonly clock: Clock;
  readonly timer: Timer;
}

const POD: KubeKind = { apiVersion: 'v1', kind: 'Pod' };
const REPLICA_SET: KubeKind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
/** Changes come in bursts; each burst is judged once. */
const SETTLE_MS = 50;
/** Objects that are read side by side. */
const AT_ONCE = 8;

/**
 * Looks at a rollout until it is healthy, has failed for good, or its deadline has come; `Unseen` if it
 * could not be looked at until then. Follows
 * watches; nothing is polled. Null if aborted. Throws `KubeUnavailable` if the first look fails.
 */
export async function watchRollout(
  collaborators: Collaborators,
  options: RolloutOptions,
): Promise<RolloutEnd | Unseen | null> {
  const watch = new RolloutWatch(collaborators, options);
  try {
    return await watch.run();
  } finally {
    watch.stop();
  }
}

class RolloutWatch {
  private readonly following: Following;
  /** Objects as read after the change that the watch has yet to show. */
  private readonly awaited = new Map<string, KubeObject>();
  /** Objects that went during the look, as they were last. */
  private readonly gone = new Map<string, KubeObject>();
  private readonly refs: ReadonlyMap<string, ManifestRef>;
  private readonly namespaces: ReadonlySet<string | undefined>;
  private cancelTimer: () => void = () => undefined;
  private settle: (end: RolloutEnd | null) => void = () => undefined;
  /** False until the first look is complete: what is not there yet is not missing. */
  private looking = false;
  private told = '';

  constructor(
    private readonly collaborators: Collaborators,
    private readonly options: RolloutOptions,
  ) {
    this.refs = new Map(options.refs.map((ref) => [keyOf(ref), ref]));
    this.namespaces = new Set(options.refs.map(({ namespace }) => namespace));
    this.following = collaborators.live.follow([...options.refs, POD, REPLICA_SET], (change) =>
      this.notice(change),
    );
  }

  async run(): Promise<RolloutEnd | Unseen | null> {
    const { abort, deadlineAt } = this.options;
    const end = new Promise<RolloutEnd | null>((resolve) => (this.settle = resolve));
    const aborted = (): void => this.settle(null);
    abort.addEventListener('abort', aborted);
    try {
      if (abort.aborted) return null;
      const ready = Promise.all([this.following.ready, this.readAfterChange()]);
      const kinds = [...this.refs.values(), POD, REPLICA_SET];
      const look = { kinds, deadlineAt, ready, end };
      const unseen = await firstLook(this.collaborators, this.following, look);
      if (unseen !== null) return unseen;
      this.looking = true;
      this.judge();
      return await end;
    } finally {
      abort.removeEventListener('abort', aborted);
    }
  }

  stop(): void {
    this.cancelTimer();
    this.following.stop();
  }

  /** The watch can still show the world from before the change, and that world was healthy. */
  private async readAfterChange(): Promise<void> {
    const refs = [...this.refs];
    for (let at = 0; at < refs.length; at += AT_ONCE) {
      const batch = refs.slice(at, at + AT_ONCE);
      await Promise.all(batch.map(([key, ref]) => this.readOne(key, ref)));
    }
  }

  private async readOne(key: string, ref: ManifestRef): Promise<void> {
    const found = await this.collaborators.kube.get(ref);
    if (found.ok) this.awaited.set(key, found.value);
  }

  /** True once the watch shows the change. */
  private hasCaughtUp(): boolean {
    for (const [key, object] of this.awaited) {
      const seen = this.following.get(refOf(object));
      const isThere = seen !== null && versionOf(seen) >= versionOf(object);
      if (isThere || this.following.refusal(object) !== null) this.awaited.delete(key);
    }
    return this.awaited.size === 0;
  }

  private notice({ type, object }: LiveChange): void {
    const key = keyOf(refOf(object));
    if (type === 'deleted') {
      this.awaited.delete(key);
      if (this.refs.get(key)?.vanishes === true) this.gone.set(key, object);
    }
    if (!this.looking || !this.namespaces.has(object.metadata.namespace)) return;
    this.judgeIn(SETTLE_MS);
  }

  private judgeIn(delayMs: number): void {
    this.cancelTimer();
    this.cancelTimer = this.collaborators.timer.after(delayMs, () => this.judge());
  }

  private judge(): void {
    const { startedAt, deadlineAt, onProgress } = this.options;
    const now = this.collaborators.clock.now();
    if (!this.hasCaughtUp() && now < deadlineAt) {
      return this.judgeIn(deadlineAt.getTime() - now.getTime());
    }
    const refs = [...this.refs.values()];
    const verdict = judgeRollout({
      objects: refs
        .filter((ref) => this.following.refusal(ref) === null)
        .map((ref) => ({ ref, object: this.following.get(ref) ?? this.vanished(ref) }))
        // What goes by itself has come and gone already: Helm has just applied it.
        .filter(({ ref, object }) => object !== null || ref.vanishes !== true),
      pods: this.following.list(POD).filter(this.isNear),
      replicaSets: this.following.list(REPLICA_SET).filter(this.isNear),
      now,
      startedAt,
      deadlineAt,
      rules: this.collaborators.healthRules,
    });
    if (verdict.verdict !== 'progressing') {
      const unwatched = refs.filter((ref) => this.following.refusal(ref) !== null);
      return this.settle({ verdict, unwatched });
    }
    if (verdict.message !== this.told) onProgress(verdict.message);
    this.told = verdict.message;
    const recheckAt = verdict.recheckAt ?? deadlineAt;
    this.judgeIn(Math.max(recheckAt.getTime() - now.getTime(), SETTLE_MS));
  }

  /** A Job is removed soon after it has ended, and how it ended still counts. */
  private vanished(ref: ManifestRef): KubeObject | null {
    const last = this.gone.get(keyOf(ref));
    if (last === undefined) return null;
    const { deletionTimestamp: _, ...metadata } = last.metadata;
    return { ...last, metadata };
  }

  private readonly isNear = ({ metadata }: KubeObject): boolean =>
    this.namespaces.has(metadata.namespace);
}

/** Kubernetes numbers all writes of a cluster in one rising sequence. */
function versionOf({ metadata }: KubeObject): bigint {
  const text = metadata.resourceVersion ?? '';
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}

function keyOf({ apiVersion, kind, namespace = '', name }: KubeRef): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`;
}
