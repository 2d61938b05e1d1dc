import type { Result } from '@apollo-deploy/kernel';
import type { KubeKind, KubeObject, KubeRef } from './kube-object.js';
import type { KubeRefusal } from './kube-refusal.js';
import type { WatchEvent, WatchHandle } from './kube-watch.js';

/** Which objects of a kind. Selectors are in the API's own syntax (`owner=helm,name=web`). */
export interface KubeSelection {
  /** One namespace; left out means all, or a cluster-scoped kind. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** True: only `metadata` comes over the wire (and `apiVersion`, `kind` as asked for). */
  readonly metadataOnly?: boolean;
}

export interface KubeList {
  readonly items: readonly KubeObject[];
  /** Where a watch has to start to miss nothing after this list. */
  readonly resourceVersion: string;
}

export interface WatchSelection extends KubeSelection {
  /** From `KubeList` or from the last event seen. */
  readonly resourceVersion: string;
}

export interface DeleteOptions {
  /** Default `Background`: the object goes at once, what it owns is collected after. */
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  /** The delete is refused with `kube/version_conflict` unless these still hold. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** Rights and admission are checked, and nothing is deleted. */
  readonly dryRun?: boolean;
}

export interface ReplaceOptions {
  /** Schema, rights and admission do their part, and nothing is stored. */
  readonly dryRun?: boolean;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take over fields of other managers instead of being refused with `kube/field_conflict`. */
  readonly force: boolean;
  /** Everything is checked (schema, rights, admission, quota, conflicts), nothing is stored. */
  readonly dryRun?: boolean;
  /**
   * The document as it was rendered, sent in place of the object, so that the API server's own
   * reading of YAML decides (`0644`, `yes`). The object still says kind, namespace and name.
   */
  readonly yaml?: string;
}

export interface PodLogQuery {
  readonly namespace: string;
  readonly name: string;
  readonly container?: string;
  /** How many lines from the end. */
  readonly tailLines: number;
  /** True: of the container instance before this one. */
  readonly previous?: boolean;
}

export interface KubeVersion {
  /** For example `v1.36.3`. */
  readonly gitVersion: string;
}

export interface ApiResource extends KubeKind {
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What the API server serves, as of one discovery. */
export interface ApiResources {
  readonly all: readonly ApiResource[];
  find(kind: KubeKind): ApiResource | undefined;
}

/**
 * One cluster's Kubernetes API, any kind of object. What the server refuses comes back as a
 * `KubeRefusal`; every method throws `KubeUnavailable` when the server cannot be asked (connection,
 * 5xx, overload). Nothing is retried in here, except one read over a connection that had gone stale.
 */
export interface KubeApi {
  get(ref: KubeRef): Promise<Result<KubeObject, KubeRefusal>>;
  /** All that match, as of one resourceVersion, paged internally. */
  list(kind: KubeKind, selection?: KubeSelection): Promise<Result<KubeList, KubeRefusal>>;
  /** The object as stored. Refused with `kube/already_exists` if the name is taken. */
  create(object: KubeObject): Promise<Result<KubeObject, KubeRefusal>>;
  /**
   * Compare-and-swap: stores the object only if `metadata.resourceVersion` is still the stored one,
   * else `kube/version_conflict`. An object without resourceVersion is a bug and throws. The answer is
   * the object as the server keeps it: without what the schema of its kind does not know.
   */
  replace(object: KubeObject, options?: ReplaceOptions): Promise<Result<KubeObject, KubeRefusal>>;
  /** Ok also when the object only begins to go (finalizers). */
  delete(ref: KubeRef, options?: DeleteOptions): Promise<Result<void, KubeRefusal>>;
  /** Server-side apply; creates what is not there. The answer is the merged object. */
  apply(object: KubeObject, options: ApplyOptions): Promise<Result<KubeObject, KubeRefusal>>;
  /** Calls `handler` for every change after `resourceVersion`, in order, then once with the end. */
  watch(
    kind: KubeKind,
    selection: WatchSelection,
    handler: (event: WatchEvent) => void,
  ): WatchHandle;
  /** As it was within the last ten minutes. */
  serverVersion(): Promise<KubeVersion>;
  /** Cached after the first call; `refresh` asks the server again. */
  resources(options?: { readonly refresh?: boolean }): Promise<ApiResources>;
  /** The last lines of a container's log, at most 1 MiB. */
  podLogs(query: PodLogQuery): Promise<Result<string, KubeRefusal>>;
}
