import {
  Informer,
  type KubeApi,
  type KubeKind,
  type KubeObject,
  type KubeRef,
  type KubeRefusal,
  type Timer,
} from '@apollo-deploy/kube';
import type { Logger } from 'pino';

/** An object came, changed or went. */
export interface LiveChange {
  readonly type: 'upserted' | 'deleted';
  readonly object: KubeObject;
}

/** A look at some kinds that stays up to date until it is stopped. */
export interface Following {
  /** Resolves once every kind has been listed, or cannot be. */
  readonly ready: Promise<void>;
  readonly get: (ref: KubeRef) => KubeObject | null;
  readonly list: (kind: KubeKind) => readonly KubeObject[];
  /** True once a kind has been listed, or cannot be. */
  readonly isSeen: (kind: KubeKind) => boolean;
  /** Why a kind cannot be looked at; null while it can. */
  readonly refusal: (kind: KubeKind) => KubeRefusal | null;
  readonly stop: () => void;
}

export interface LiveObjectsOptions {
  readonly kube: KubeApi;
  readonly timer: Timer;
  readonly random: () => number;
  readonly log: Logger;
}

interface SharedInformer {
  readonly informer: Informer;
  readonly listeners: Set<(change: LiveChange) => void>;
  readonly ready: Promise<void>;
  refusal: KubeRefusal | null;
}

/** Their content says nothing about their health, and content of Secrets stays in the cluster. */
const METADATA_IS_ENOUGH = new Set(['Secret', 'ConfigMap']);

/** True for kinds of which only `metadata` is followed. */
export function isWithoutContent({ kind }: KubeKind): boolean {
  return METADATA_IS_ENOUGH.has(kind);
}

/** The live objects of the cluster, one watch a kind however many look at it. */
export class LiveObjects {
  private readonly shared = new Map<string, SharedInformer>();

  constructor(private readonly options: LiveObjectsOptions) {}

  /** Follows these kinds; `listener` hears of every change from now on, of the first list as well. */
  follow(kinds: readonly KubeKind[], listener: (change: LiveChange) => void): Following {
    const wanted = new Map(kinds.map((kind) => [keyOf(kind), kind]));
    const informers = [...wanted].map(([key, kind]) => this.join(key, kind, listener));
    return {
      ready: Promise.all(informers.map(({ ready }) => ready)).then(() => undefined),
      get: (ref) => this.at(ref)?.informer.get(ref.name, ref.namespace) ?? null,
      list: (kind) => this.at(kind)?.informer.objects() ?? [],
      isSeen: (kind) => {
        const shared = this.at(kind);
        return shared !== undefined && (shared.informer.hasSynced || shared.refusal !== null);
      },
      refusal: (kind) => this.at(kind)?.refusal ?? null,
      stop: () => {
        for (const key of wanted.keys()) this.leave(key, listener);
      },
    };
  }

  private at(kind: KubeKind): SharedInformer | undefined {
    return this.shared.get(keyOf(kind));
  }

  private join(
    key: string,
    kind: KubeKind,
    listener: (change: LiveChange) => void,
  ): SharedInformer {
    const running = this.shared.get(key);
    const shared = running ?? this.open(key, kind);
    shared.listeners.add(listener);
    if (running === undefined) shared.informer.start();
    return shared;
  }

  private leave(key: string, listener: (change: LiveChange) => void): void {
    const shared = this.shared.get(key);
    if (shared === undefined || !shared.listeners.delete(listener)) return;
    if (shared.listeners.size > 0) return;
    shared.informer.stop();
    this.shared.delete(key);
  }

  private open(key: string, kind: KubeKind): SharedInformer {
    const { kube, timer, random, log } = this.options;
    let settleReady: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (settleReady = resolve));
    const listeners = new Set<(change: LiveChange) => void>();
    const informer = new Informer({
      kube,
      kind,
      selection: { metadataOnly: isWithoutContent(kind) },
      timer,
      random,
      listener: (delta) => {
        if (delta.type === 'synced') {
          shared.refusal = null;
          return settleReady();
        }
        for (const listener of [...listeners]) listener(delta);
      },
      onProblem: (problem) => {
        log.warn({ kind: key, problem: problem.type }, 'a watch broke off; listing again');
        if (problem.type !== 'refused') return;
        shared.refusal = problem.refusal;
        settleReady();
      },
    });
    const shared: SharedInformer = { informer, listeners, ready, refusal: null };
    this.shared.set(key, shared);
    return shared;
  }
}

function keyOf({ apiVersion, kind }: KubeKind): string {
  return `${apiVersion}/${kind}`;
}
