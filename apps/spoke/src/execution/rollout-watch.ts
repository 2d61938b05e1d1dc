import {
  refOf,
  type KubeApi,
  type KubeObject,
  type KubeRef,
  type Timer,
} from '@apollo-deploy/kube';
import { judgeRollout, type RolloutVerdict } from '@apollo-deploy/k8s-status';
import type { Clock } from '../clock.js';
import type { HealthRules } from '../health-rules/read-health-rules.js';
import type { LiveChange, WantedKind } from '../state/kind-watch.js';
import type { Following, LiveObjects } from '../state/live-objects.js';
import type { ManifestRef } from '../state/manifest-refs.js';
import type { Unseen } from './first-look.js';
import {
  lookAnew,
  lookAtWatches,
  POD,
  REPLICA_SET,
  type RolloutLook,
  type UnseenObject,
} from './rollout-look.js';
import { LookEnd, msUntil, runLook } from './run-look.js';

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
  /** On what could be looked at, and on nothing else. */
  readonly verdict: RolloutVerdict;
  /** Objects of which nobody can tell how they are. */
  readonly unseen: readonly UnseenObject[];
  /** Pods that nobody can look at: the verdict holds, but may lack its cause. */
  readonly hidden: readonly UnseenObject[];
}

interface Collaborators {
  readonly kube: KubeApi;
  readonly live: LiveObjects;
  readonly healthRules: HealthRules;
  readonly clock: Clock;
  readonly timer: Timer;
}

/** Changes come in bursts: between one judgement and the next is so much time. */
const SETTLE_MS = 50;
/** Objects that are read side by side. */
const AT_ONCE = 8;
/** What cannot be watched is read again after this long. */
const READ_AGAIN_MS = 5000;

/**
 * Looks at a rollout until it is healthy, has failed for good, or its deadline has come; `Unseen` if it
 * could not be looked at until then. Follows
 * watches; at the deadline, and where it may not watch, the objects are read anew, so that a watch
 * that is silent or forbidden decides nothing. Null if aborted. Throws `KubeUnavailable` if the first
 * or the last look fails.
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
  private readonly wanted: readonly WantedKind[];
  /** Objects as read after the change that the watch has yet to show. */
  private readonly awaited = new Map<string, KubeObject>();
  /** Objects that went during the look, as they were last. */
  private readonly gone = new Map<string, KubeObject>();
  private readonly refs: ReadonlyMap<string, ManifestRef>;
  private readonly namespaces: ReadonlySet<string | undefined>;
  private cancelTimer: () => void = () => undefined;
  private readonly end = new LookEnd<RolloutEnd>();
  /** False until the first look is complete: what is not there yet is not missing. */
  private looking = false;
  private reading = false;
  private stopped = false;
  private told = '';
  private judgedAtMs = -Infinity;

  constructor(
    private readonly collaborators: Collaborators,
    private readonly options: RolloutOptions,
  ) {
    this.refs = new Map(options.refs.map((ref) => [keyOf(ref), ref]));
    this.namespaces = new Set(options.refs.map(({ namespace }) => namespace));
    const below = [...this.namespaces].flatMap((namespace) =>
      namespace === undefined ? [] : [POD, REPLICA_SET].map((kind) => ({ ...kind, namespace })),
    );
    this.wanted = [...options.refs, ...below];
    this.following = collaborators.live.follow(this.wanted, (change) => this.notice(change));
  }

  run(): Promise<RolloutEnd | Unseen | null> {
    const { abort, deadlineAt } = this.options;
    return runLook(this.collaborators, {
      ...{ following: this.following, kinds: this.wanted, deadlineAt, abort, end: this.end },
      besides: () => this.readAfterChange(),
      begin: () => {
        this.looking = true;
        this.judge();
      },
    });
  }

  stop(): void {
    this.stopped = true;
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
      const ref = refOf(object);
      const seen = this.following.get(ref);
      const isThere = seen !== null && versionOf(seen) >= versionOf(object);
      if (isThere || this.following.refusal(ref) !== null) this.awaited.delete(key);
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
    const sinceMs = this.collaborators.clock.now().getTime() - this.judgedAtMs;
    this.judgeIn(Math.min(Math.max(SETTLE_MS - sinceMs, 0), SETTLE_MS));
  }

  private judgeIn(delayMs: number): void {
    this.wait(delayMs, () => this.judge());
  }

  private wait(delayMs: number, then: () => void): void {
    this.cancelTimer();
    if (!this.stopped) this.cancelTimer = this.collaborators.timer.after(delayMs, then);
  }

  private judge(): void {
    if (this.reading) return;
    const leftMs = this.leftMs();
    if (leftMs <= 0) return void this.readAnew();
    if (!this.hasCaughtUp()) return this.judgeIn(leftMs);
    const look = lookAtWatches(this.following, [...this.refs.values()], this.lastSeen);
    const verdict = this.verdictOn(look);
    if (verdict.verdict === 'healthy' && look.unseen.length > 0) return void this.readAnew();
    this.take(verdict, look);
  }

  private async readAnew(): Promise<void> {
    this.reading = true;
    try {
      const refs = [...this.refs.values()];
      const look = await lookAnew(this.collaborators.kube, refs, this.lastSeen);
      this.reading = false;
      this.take(this.verdictOn(look), look, READ_AGAIN_MS);
    } catch (error) {
      this.end.reject(error);
    }
  }

  private verdictOn({ objects, pods, replicaSets }: RolloutLook): RolloutVerdict {
    const { startedAt, deadlineAt } = this.options;
    const { clock, healthRules: rules } = this.collaborators;
    const now = clock.now();
    this.judgedAtMs = now.getTime();
    return judgeRollout({ objects, pods, replicaSets, now, startedAt, deadlineAt, rules });
  }

  /** `againMs`: look again after this long at the latest. */
  private take(verdict: RolloutVerdict, look: RolloutLook, againMs = Infinity): void {
    const leftMs = this.leftMs();
    const { unseen, hidden } = look;
    const passing = leftMs > 0 ? unseen.find(({ mayPass }) => mayPass) : undefined;
    const isOver = verdict.verdict !== 'progressing' && passing === undefined;
    if (isOver || verdict.verdict === 'failed')
      return this.end.resolve({ verdict, unseen, hidden });
    const waitsFor =
      verdict.verdict === 'progressing' || passing === undefined
        ? verdict.message
        : `waiting to be let look at ${passing.what}: ${passing.why}`;
    if (waitsFor !== this.told) this.options.onProgress(waitsFor);
    this.told = waitsFor;
    const untilRecheck = verdict.recheckAt?.getTime() ?? Infinity;
    const recheckMs = untilRecheck - this.collaborators.clock.now().getTime();
    this.judgeIn(Math.max(Math.min(recheckMs, leftMs, againMs), SETTLE_MS));
  }

  private leftMs(): number {
    return msUntil(this.options.deadlineAt, this.collaborators.clock);
  }

  private readonly lastSeen = (ref: ManifestRef): KubeObject | undefined =>
    this.gone.get(keyOf(ref));
}

/** Kubernetes numbers all writes of a cluster in one rising sequence. */
function versionOf({ metadata }: KubeObject): bigint {
  const text = metadata.resourceVersion ?? '';
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}

function keyOf({ apiVersion, kind, namespace = '', name }: KubeRef): string {
  return `${apiVersion}/${kind}/${namespace}/${name}`;
}
