import { err, InvariantViolation, ok, type Err, type Result } from '@apollo-deploy/kernel';
import { apiResources } from '../http/api-discovery.js';
import { unknownKind } from '../http/resource-path.js';
import type {
  ApiResource,
  ApiResources,
  ApplyOptions,
  DeleteOptions,
  KubeApi,
  KubeList,
  KubeSelection,
  KubeVersion,
  PodLogQuery,
  ReplaceOptions,
  WatchSelection,
} from '../kube-api.js';
import { refOf, type KubeKind, type KubeObject, type KubeRef } from '../kube-object.js';
import type { KubeRefusal } from '../kube-refusal.js';
import { KubeUnavailable } from '../kube-unavailable.js';
import type { WatchEnd, WatchEvent, WatchHandle } from '../kube-watch.js';
import { BUILT_IN_RESOURCES } from './built-in-resources.js';
import type { Change } from './change-history.js';
import { InMemoryWatch } from './in-memory-watch.js';
import { ObjectStore, type ObjectStoreOptions } from './object-store.js';
import { noNamespace, notFound, refuse } from './refusals.js';
import { kindOf, selects, shape } from './selection.js';

export interface InMemoryKubeApiOptions extends ObjectStoreOptions {
  /** Beside `default` and `kube-system`. */
  readonly namespaces?: readonly string[];
  readonly resources?: readonly ApiResource[];
  /** What `serverVersion` answers. */
  readonly gitVersion?: string;
}

/** A request as interceptors see it. */
export interface KubeRequest {
  readonly verb: 'get' | 'list' | 'create' | 'replace' | 'delete' | 'apply' | 'watch' | 'logs';
  readonly ref: KubeKind & { readonly namespace?: string; readonly name?: string };
}

/** Runs before a request: a refusal returned is its answer, an error thrown is an outage. */
export type KubeInterceptor = (request: KubeRequest) => KubeRefusal | undefined;

type Answer = Result<KubeObject, KubeRefusal>;

const MANAGER = 'apollo';

/**
 * A cluster's API in memory: uids, resourceVersions, compare-and-swap, finalizers, watches with
 * history, server-side apply with field owners. Nothing runs in it: no controller, no admission, no
 * schema, no garbage collection by owner.
 */
export class InMemoryKubeApi implements KubeApi {
  private readonly objects: ObjectStore;
  private readonly logs = new Map<string, { text: string; previous: string | undefined }>();
  private readonly watches = new Map<InMemoryWatch, (change: Change) => void>();
  private readonly interceptors = new Set<KubeInterceptor>();
  private served: ApiResource[];

  constructor(private readonly options: InMemoryKubeApiOptions = {}) {
    this.objects = new ObjectStore(options, (change) => {
      for (const deliver of this.watches.values()) deliver(change);
    });
    this.served = [...BUILT_IN_RESOURCES, ...(options.resources ?? [])];
    for (const name of ['default', 'kube-system', ...(options.namespaces ?? [])]) {
      this.objects.insert({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  }

  /** Adds an interceptor; the function returned takes it out again. */
  intercept(interceptor: KubeInterceptor): () => void {
    this.interceptors.add(interceptor);
    return () => this.interceptors.delete(interceptor);
  }

  /** Serves one more kind, as a CustomResourceDefinition does. */
  serve(resource: ApiResource): void {
    this.served = [...this.served, resource];
  }

  /** Forgets the history of changes: watches from before now are answered `expired`. */
  compact(): void {
    this.objects.compact();
  }

  /** Ends every running watch in this way. */
  endWatches(end: WatchEnd): void {
    for (const watch of this.watches.keys()) watch.push(end);
  }

  /** How many watches run. */
  get watchCount(): number {
    return this.watches.size;
  }

  /** Sends a bookmark on every running watch. */
  bookmark(): void {
    const resourceVersion = this.objects.version;
    for (const watch of this.watches.keys()) watch.push({ type: 'bookmark', resourceVersion });
  }

  /** `previous`: of the containers' lives before this one, if they have had any. */
  setPodLogs(namespace: string, name: string, text: string, previous?: string): void {
    this.logs.set(`${namespace}/${name}`, { text, previous });
  }

  get(ref: KubeRef): Promise<Answer> {
    return this.answer({ verb: 'get', ref }, () => {
      const found = this.objects.get(ref);
      return found === undefined ? notFound(ref) : ok(structuredClone(found));
    });
  }

  list(kind: KubeKind, selection: KubeSelection = {}): Promise<Result<KubeList, KubeRefusal>> {
    return this.answer({ verb: 'list', ref: { ...selection, ...kindOf(kind) } }, () => {
      const items = this.objects
        .all()
        .filter((object) => selects(kind, selection, object))
        .map((object) => shape(selection, object));
      return ok({ items, resourceVersion: this.objects.version });
    });
  }

  create(object: KubeObject): Promise<Answer> {
    const ref = refOf(object);
    return this.answer({ verb: 'create', ref }, () => {
      const missing = this.missingNamespace(ref);
      if (missing !== null) return missing;
      if (this.objects.get(ref) !== undefined) {
        return refuse(ref, 'kube/already_exists', 'already exists');
      }
      const stored = this.objects.insert(object);
      this.objects.ownershipOf(ref).noteWrite(MANAGER, stored, undefined);
      return ok(structuredClone(stored));
    });
  }

  replace(object: KubeObject, options: ReplaceOptions = {}): Promise<Answer> {
    if (object.metadata.resourceVersion === undefined) {
      throw new InvariantViolation(`replace without resourceVersion: ${object.metadata.name}`);
    }
    const ref = refOf(object);
    return this.answer({ verb: 'replace', ref }, () => {
      const current = this.objects.get(ref);
      if (current === undefined) return notFound(ref);
      if (current.metadata.resourceVersion !== object.metadata.resourceVersion) {
        const what = 'the object has been modified; read it again and apply your changes to that';
        return refuse(ref, 'kube/version_conflict', what);
      }
      if (options.dryRun === true) return ok(structuredClone(object));
      this.objects.ownershipOf(ref).noteWrite(MANAGER, object, current);
      return ok(structuredClone(this.objects.update(object, current)));
    });
  }

  delete(ref: KubeRef, options: DeleteOptions = {}): Promise<Result<void, KubeRefusal>> {
    return this.answer({ verb: 'delete', ref }, () => {
      const current = this.objects.get(ref);
      if (current === undefined) return notFound(ref);
      const { uid, resourceVersion } = options.preconditions ?? {};
      const other =
        (uid !== undefined && uid !== current.metadata.uid) ||
        (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion);
      if (other) {
        return refuse(ref, 'kube/version_conflict', 'precondition failed');
      }
      if (options.dryRun === true) return ok(undefined);
      if ((current.metadata.finalizers ?? []).length > 0) this.objects.markDeleted(current);
      else this.objects.remove(current);
      return ok(undefined);
    });
  }

  apply(object: KubeObject, options: ApplyOptions): Promise<Answer> {
    const ref = refOf(object);
    return this.answer({ verb: 'apply', ref }, () => {
      const missing = this.missingNamespace(ref);
      if (missing !== null) return missing;
      const found = this.objects.get(ref);
      const live = found ?? { ...kindOf(object), metadata: bareMetadata(object) };
      const ownership = this.objects.ownershipOf(ref);
      const conflicts = ownership.conflicts(options.fieldManager, object, live);
      if (conflicts.length > 0 && !options.force) {
        const what = `Apply failed with ${String(conflicts.length)} conflict(s)`;
        return refuse(ref, 'kube/field_conflict', what, conflicts);
      }
      const stores = options.dryRun !== true;
      const merged = ownership.apply(options.fieldManager, object, live, stores);
      if (!stores) return ok(merged);
      return ok(
        structuredClone(found ? this.objects.update(merged, found) : this.objects.insert(merged)),
      );
    });
  }

  watch(
    kind: KubeKind,
    selection: WatchSelection,
    handler: (event: WatchEvent) => void,
  ): WatchHandle {
    const watch = new InMemoryWatch(handler, (stopped) => this.watches.delete(stopped));
    const deliver = (change: Change): void => {
      if (!selects(kind, selection, change.object)) return;
      watch.push({ type: change.type, object: shape(selection, change.object) });
    };
    this.watches.set(watch, deliver);
    const missed = this.objects.changesAfter(Number(selection.resourceVersion));
    void this.answer({ verb: 'watch', ref: { ...selection, ...kindOf(kind) } }, () =>
      ok(null),
    ).then(
      (admitted) => {
        if (!admitted.ok) watch.push({ type: 'refused', refusal: admitted.error });
        else if (missed === null) watch.push({ type: 'expired' });
      },
      (error: unknown) => {
        if (!(error instanceof KubeUnavailable)) throw error;
        watch.push({ type: 'broken', error });
      },
    );
    for (const change of missed ?? []) deliver(change);
    return watch;
  }

  serverVersion(): Promise<KubeVersion> {
    return Promise.resolve({ gitVersion: this.options.gitVersion ?? 'v1.36.3' });
  }

  resources(): Promise<ApiResources> {
    return Promise.resolve(apiResources(this.served));
  }

  podLogs(query: PodLogQuery): Promise<Result<string, KubeRefusal>> {
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: query.namespace, name: query.name };
    return this.answer({ verb: 'logs', ref }, () => {
      const log = this.logs.get(`${query.namespace}/${query.name}`);
      const text = query.previous === true ? log?.previous : log?.text;
      if (text === undefined) return notFound(ref);
      const lines = text.split(/(?<=\n)/).filter((line) => line !== '');
      return ok(lines.slice(-query.tailLines).join(''));
    });
  }

  private async answer<T>(
    request: KubeRequest,
    act: () => Result<T, KubeRefusal>,
  ): Promise<Result<T, KubeRefusal>> {
    await Promise.resolve();
    for (const interceptor of this.interceptors) {
      const refusal = interceptor(request);
      if (refusal !== undefined) return err(refusal);
    }
    if (apiResources(this.served).find(request.ref) === undefined) {
      return err(unknownKind(request.ref));
    }
    return act();
  }

  private missingNamespace(ref: KubeRef): Err<KubeRefusal> | null {
    if (ref.namespace === undefined) return null;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: ref.namespace };
    return this.objects.get(namespace) === undefined ? noNamespace(namespace) : null;
  }
}

function bareMetadata({ metadata }: KubeObject): KubeObject['metadata'] {
  const { name, namespace } = metadata;
  return namespace === undefined ? { name } : { name, namespace };
}
