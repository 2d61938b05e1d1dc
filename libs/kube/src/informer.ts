import { InvariantViolation } from '@apollo-deploy/kernel';
import type { KubeApi, KubeSelection } from './kube-api.js';
import type { KubeKind, KubeObject } from './kube-object.js';
import type { KubeRefusal } from './kube-refusal.js';
import { KubeUnavailable } from './kube-unavailable.js';
import type { WatchEvent, WatchHandle } from './kube-watch.js';
import type { Timer } from './timer.js';

/** What an informer tells its listener. `synced` follows every complete list, the first included. */
export type InformerDelta =
  | { readonly type: 'upserted'; readonly object: KubeObject }
  | { readonly type: 'deleted'; readonly object: KubeObject }
  | { readonly type: 'synced' };

/** Why an informer has to list again. It goes on by itself; this is for logs and metrics. */
export type InformerProblem =
  | { readonly type: 'expired' | 'silent' }
  | { readonly type: 'refused'; readonly refusal: KubeRefusal }
  | { readonly type: 'broken'; readonly error: KubeUnavailable };

export interface InformerOptions {
  readonly kube: KubeApi;
  readonly kind: KubeKind;
  readonly selection?: KubeSelection;
  /** Called for each difference, in order. */
  readonly listener: (delta: InformerDelta) => void;
  readonly onProblem?: (problem: InformerProblem) => void;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1, so that many informers do not list at the same moment. */
  readonly random: () => number;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 60_000;
/** Servers send a bookmark about once a minute: this long without a byte means a dead watch. */
const SILENCE_MS = 5 * 60_000;
/** A watch that was open for so long worked: what fails after it is the first failure again. */
const STEADY_MS = 30_000;

/**
 * Keeps a copy of all objects of a kind: one list, then a watch, and again after 410, errors and
 * silence, with back-off and jitter. Nothing is missed: a new list is compared with the copy, and the
 * differences are told like any other change.
 */
export class Informer {
  private readonly copy = new Map<string, KubeObject>();
  private watch: WatchHandle | null = null;
  private cancelTimer: () => void = () => undefined;
  private failures = 0;
  private version = '';
  private synced = false;
  private current = false;
  private running = false;

  constructor(private readonly options: InformerOptions) {}

  /** Begins to list and watch. May be called once. */
  start(): void {
    if (this.running) throw new InvariantViolation('an informer is started once');
    this.running = true;
    void this.relist();
  }

  /** No delta and no problem is told after this. */
  stop(): void {
    this.running = false;
    this.watch?.stop();
    this.cancelTimer();
  }

  /** True once the first list is complete. */
  get hasSynced(): boolean {
    return this.synced;
  }

  /** True while it lists and watches without trouble: the copy is what the cluster says. */
  get isCurrent(): boolean {
    return this.current;
  }

  /** The copy as of now, in no particular order. */
  objects(): readonly KubeObject[] {
    return [...this.copy.values()];
  }

  get(name: string, namespace?: string): KubeObject | undefined {
    return this.copy.get(keyOf(name, namespace));
  }

  private async relist(): Promise<void> {
    const problem = await this.list();
    if (!this.running) return;
    if (problem === null) this.follow();
    else this.again(problem);
  }

  private async list(): Promise<InformerProblem | null> {
    const { kube, kind, selection } = this.options;
    try {
      const listed = await kube.list(kind, selection);
      if (!listed.ok) return { type: 'refused', refusal: listed.error };
      if (this.running) this.reconcile(listed.value.items);
      this.version = listed.value.resourceVersion;
      return null;
    } catch (error) {
      if (error instanceof KubeUnavailable) return { type: 'broken', error };
      throw error;
    }
  }

  private reconcile(items: readonly KubeObject[]): void {
    const vanished = new Map(this.copy);
    for (const object of items) {
      vanished.delete(keyOfObject(object));
      this.upsert(object);
    }
    for (const object of vanished.values()) this.remove(object);
    this.synced = true;
    this.current = true;
    this.options.listener({ type: 'synced' });
  }

  private follow(): void {
    const { kube, kind, selection } = this.options;
    this.watchdog();
    const wanted = { ...selection, resourceVersion: this.version };
    this.watch = kube.watch(kind, wanted, (event) => this.take(event));
  }

  private take(event: WatchEvent): void {
    switch (event.type) {
      case 'added':
      case 'modified':
      case 'deleted':
        this.failures = 0;
        this.version = event.object.metadata.resourceVersion ?? this.version;
        if (event.type === 'deleted') this.remove(event.object);
        else this.upsert(event.object);
        return this.watchdog();
      case 'bookmark':
        this.failures = 0;
        this.version = event.resourceVersion;
        return this.watchdog();
      case 'closed':
        // Ended in order: nothing was missed, so watch on without a new list.
        return this.pause(() => this.follow());
      default:
        return this.again(event);
    }
  }

  private again(problem: InformerProblem): void {
    this.current = false;
    this.watch?.stop();
    this.options.onProblem?.(problem);
    const atLeastMs = problem.type === 'broken' ? problem.error.retryAfterMs : 0;
    this.pause(() => void this.relist(), atLeastMs);
  }

  /** Waits 0.5 to 1 of a delay that doubles with each failure in a row, or longer if it is told to. */
  private pause(then: () => void, atLeastMs = 0): void {
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.failures, LONGEST_DELAY_MS);
    this.failures += 1;
    this.wait(Math.max(delay * (0.5 + this.options.random() / 2), atLeastMs), then);
  }

  private watchdog(): void {
    this.wait(STEADY_MS, () => {
      this.failures = 0;
      this.wait(SILENCE_MS - STEADY_MS, () => this.again({ type: 'silent' }));
    });
  }

  private wait(delayMs: number, then: () => void): void {
    this.cancelTimer();
    if (this.running) this.cancelTimer = this.options.timer.after(delayMs, then);
  }

  private upsert(object: KubeObject): void {
    const key = keyOfObject(object);
    const before = this.copy.get(key);
    this.copy.set(key, object);
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion && before) return;
    this.options.listener({ type: 'upserted', object });
  }

  private remove(object: KubeObject): void {
    if (this.copy.delete(keyOfObject(object))) this.options.listener({ type: 'deleted', object });
  }
}

function keyOfObject({ metadata }: KubeObject): string {
  return keyOf(metadata.name, metadata.namespace);
}

function keyOf(name: string, namespace = ''): string {
  return `${namespace}/${name}`;
}
