import {
  Informer,
  type KubeApi,
  type KubeKind,
  type KubeObject,
  type KubeRefusal,
  type Timer,
} from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import { EVENT } from './warning-event.js';

/** An object came, changed or went. */
export interface LiveChange {
  readonly type: 'upserted' | 'deleted';
  readonly object: KubeObject;
}

export interface LiveObjectsOptions {
  readonly kube: KubeApi;
  readonly timer: Timer;
  readonly random: () => number;
  readonly log: Logger;
  /** Called when a kind can be looked at somewhere where it could not, or the other way round. */
  readonly onSight?: () => void;
}

/** A kind, in one namespace; without one: the objects of the cluster, or of all namespaces. */
export interface WantedKind extends KubeKind {
  readonly namespace?: string;
}

type Listener = (change: LiveChange) => void;

/** An informer with what became of its last attempt to list. */
interface Scope {
  readonly informer: Informer;
  /** Resolves once there was a first answer, whichever. */
  readonly answered: Promise<void>;
  refusal: KubeRefusal | null;
}

/** All others are of no interest to anybody, and there are many. */
const WARNINGS_ONLY = { fieldSelector: 'type=Warning' };

/** Their content says nothing about their health, and content of Secrets stays in the cluster. */
const METADATA_IS_ENOUGH = new Set(['Secret', 'ConfigMap']);

/** True for kinds of which only `metadata` is followed. */
export function isWithoutContent({ kind }: KubeKind): boolean {
  return METADATA_IS_ENOUGH.has(kind);
}

/**
 * The live objects of one kind for everybody who follows it: one watch of all namespaces, and where
 * the account may not do that, one of each namespace that is wanted.
 */
export class KindWatch {
  private readonly listeners = new Set<Listener>();
  /** Of each listener, where it wants to look. */
  private readonly wanted = new Map<Listener, ReadonlySet<string>>();
  private readonly whole: Scope;
  private readonly parts = new Map<string, Scope>();

  constructor(
    private readonly options: LiveObjectsOptions,
    private readonly kind: KubeKind,
  ) {
    this.whole = this.open(undefined, {
      synced: () => this.closeParts(() => false),
      refused: () => this.openParts(),
    });
  }

  /** Resolves once there is an answer for each of these namespaces. */
  async join(listener: Listener, namespaces: ReadonlySet<string>): Promise<void> {
    const isFirst = this.listeners.size === 0;
    this.listeners.add(listener);
    this.wanted.set(listener, namespaces);
    if (isFirst) this.whole.informer.start();
    await this.whole.answered;
    this.openParts();
    const parts = [...namespaces].flatMap((namespace) => this.parts.get(namespace) ?? []);
    await Promise.all(parts.map(({ answered }) => answered));
  }

  /** True if nobody is left, and nothing is watched any more. */
  leave(listener: Listener): boolean {
    this.listeners.delete(listener);
    this.wanted.delete(listener);
    const wanted = this.wantedNamespaces();
    this.closeParts((namespace) => wanted.has(namespace));
    if (this.listeners.size > 0) return false;
    this.whole.informer.stop();
    return true;
  }

  get(name: string, namespace?: string): KubeObject | null {
    return this.scopeOf(namespace).informer.get(name, namespace) ?? null;
  }

  objects(): readonly KubeObject[] {
    if (this.whole.refusal?.code !== 'kube/forbidden') return this.whole.informer.objects();
    return [...this.parts.values()].flatMap(({ informer }) => informer.objects());
  }

  /** True once there is an answer for this namespace, whichever. */
  isSeen(namespace?: string): boolean {
    const { informer, refusal } = this.scopeOf(namespace);
    return informer.hasSynced || refusal !== null;
  }

  /** Why nobody can look there now; null if one can. */
  refusal(namespace?: string): KubeRefusal | null {
    const scope = this.scopeOf(namespace);
    if (scope.refusal !== null) return scope.refusal;
    return scope.informer.hasSynced ? null : this.whole.refusal;
  }

  private scopeOf(namespace: string | undefined): Scope {
    const part = namespace === undefined ? undefined : this.parts.get(namespace);
    return this.whole.refusal === null ? this.whole : (part ?? this.whole);
  }

  private openParts(): void {
    if (this.whole.refusal?.code !== 'kube/forbidden') return;
    for (const namespace of this.wantedNamespaces()) {
      if (this.parts.has(namespace)) continue;
      const part = this.open(namespace, { synced: () => undefined, refused: () => undefined });
      this.parts.set(namespace, part);
      part.informer.start();
    }
  }

  private closeParts(isKept: (namespace: string) => boolean): void {
    for (const [namespace, { informer }] of this.parts) {
      if (isKept(namespace)) continue;
      informer.stop();
      this.parts.delete(namespace);
    }
  }

  private wantedNamespaces(): ReadonlySet<string> {
    return new Set([...this.wanted.values()].flatMap((namespaces) => [...namespaces]));
  }

  private open(
    namespace: string | undefined,
    on: { readonly synced: () => void; readonly refused: () => void },
  ): Scope {
    const { kube, timer, random, log } = this.options;
    const { kind } = this;
    let settle: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (settle = resolve));
    const informer = new Informer({
      ...{ kube, kind, timer, random },
      selection: {
        ...(namespace !== undefined && { namespace }),
        metadataOnly: isWithoutContent(kind),
        ...(kind.kind === EVENT.kind && WARNINGS_ONLY),
      },
      listener: (delta) => {
        if (delta.type !== 'synced') return this.tell(delta);
        const isNews = scope.refusal !== null;
        scope.refusal = null;
        on.synced();
        settle();
        if (isNews) this.options.onSight?.();
      },
      onProblem: (problem) => {
        const where = { kind: `${kind.apiVersion}/${kind.kind}`, namespace };
        log.warn({ ...where, problem: problem.type }, 'a watch broke off; listing again');
        if (problem.type !== 'refused') return;
        const isNews = scope.refusal === null;
        scope.refusal = problem.refusal;
        on.refused();
        settle();
        if (isNews) this.options.onSight?.();
      },
    });
    const scope: Scope = { informer, answered, refusal: null };
    return scope;
  }

  private tell(change: LiveChange): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}
