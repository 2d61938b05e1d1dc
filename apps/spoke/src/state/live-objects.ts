import type { KubeKind, KubeObject, KubeRef, KubeRefusal } from '@apollo-deploy/kube';
import {
  KindWatch,
  type LiveChange,
  type LiveObjectsOptions,
  type WantedKind,
} from './kind-watch.js';

/** A look at some kinds that stays up to date until it is stopped. */
export interface Following {
  /** Resolves once every kind has been listed where it is wanted, or cannot be. */
  readonly ready: Promise<void>;
  readonly get: (ref: KubeRef) => KubeObject | null;
  readonly list: (kind: KubeKind) => readonly KubeObject[];
  /** True once a kind has been listed where it is wanted, or cannot be. */
  readonly isSeen: (wanted: WantedKind) => boolean;
  /** Why a kind cannot be looked at in its namespace; null while it can. */
  readonly refusal: (wanted: WantedKind) => KubeRefusal | null;
  readonly stop: () => void;
}

/**
 * The live objects of the cluster, one watch a kind however many look at it; one for each wanted
 * namespace where the account may not watch the whole cluster.
 */
export class LiveObjects {
  private readonly watches = new Map<string, KindWatch>();

  constructor(private readonly options: LiveObjectsOptions) {}

  /**
   * Follows these kinds; `listener` hears of every change from now on, of the first list as well, also
   * of other namespaces than those wanted.
   */
  follow(wanted: readonly WantedKind[], listener: (change: LiveChange) => void): Following {
    const namespaces = namespacesByKind(wanted);
    const own = (change: LiveChange): void => listener(change);
    const joined = [...namespaces].map(([key, { kind, within }]) =>
      this.watch(key, kind).join(own, within),
    );
    return {
      ready: Promise.all(joined).then(() => undefined),
      get: (ref) => this.at(ref)?.get(ref.name, ref.namespace) ?? null,
      list: (kind) => this.at(kind)?.objects() ?? [],
      isSeen: (kind) => this.at(kind)?.isSeen(kind.namespace) ?? false,
      refusal: (kind) => this.at(kind)?.refusal(kind.namespace) ?? null,
      stop: () => {
        for (const key of namespaces.keys()) {
          if (this.watches.get(key)?.leave(own) === true) this.watches.delete(key);
        }
      },
    };
  }

  private at(kind: KubeKind): KindWatch | undefined {
    return this.watches.get(keyOf(kind));
  }

  private watch(key: string, kind: KubeKind): KindWatch {
    const running = this.watches.get(key);
    if (running !== undefined) return running;
    const opened = new KindWatch(this.options, kind);
    this.watches.set(key, opened);
    return opened;
  }
}

interface WantedNamespaces {
  readonly kind: KubeKind;
  readonly within: Set<string>;
}

function namespacesByKind(wanted: readonly WantedKind[]): ReadonlyMap<string, WantedNamespaces> {
  const kinds = new Map<string, WantedNamespaces>();
  for (const { apiVersion, kind, namespace } of wanted) {
    const key = keyOf({ apiVersion, kind });
    const found = kinds.get(key) ?? { kind: { apiVersion, kind }, within: new Set<string>() };
    if (namespace !== undefined) found.within.add(namespace);
    kinds.set(key, found);
  }
  return kinds;
}

function keyOf({ apiVersion, kind }: KubeKind): string {
  return `${apiVersion}/${kind}`;
}
