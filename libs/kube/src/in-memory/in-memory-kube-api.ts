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
import {
  describeRef,
  refOf,
  type KubeKind,
  type KubeObject,
  type KubeRef,
} from '../kube-object.js';
import type { KubeCause, KubeRefusal, KubeRefusalCode } from '../kube-refusal.js';
import { KubeUnavailable } from '../kube-unavailable.js';
import type { WatchEnd, WatchEvent, WatchHandle } from '../kube-watch.js';
import { BUILT_IN_RESOURCES } from './built-in-resources.js';
import { ChangeHistory, type Change } from './change-history.js';
import { FieldOwnership } from './field-ownership.js';
import { InMemoryWatch } from './in-memory-watch.js';
import { matchesFields, matchesLabels } from './label-selector.js';

export interface InMemoryKubeApiOptions {
  /** Beside `default` and `kube-system`. */
  readonly namespaces?: readonly string[];
  readonly resources?: readonly ApiResource[];
  /** Says when objects are made and marked for deletion; the start of 2026 if not given. */
  readonly now?: () => Date;
  /** Makes the uid of each object, which nothing else may have had; counted up if not given. */
  readonly newUid?: () => string;
  /** At least so many changes are kept for watches that begin late; all of them if not given. */
  readonly keptChanges?: number;
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
const STANDING_STILL = new Date('2026-01-01T00:00:00Z');

/**
 * A cluster's API in memory: uids, resourceVersions, compare-and-swap, finalizers, watches with
 * history, server-side apply with field owners. Nothing runs in it: no controller, no admission, no
 * schema, no garbage collection by owner.
 */
export class InMemoryKubeApi implements KubeApi {
  private readonly objects = new Map<string, KubeObject>();
  private readonly ownership = new Map<string, FieldOwnership>();
  private readonly logs = new Map<string, { text: string; previous: string | undefined }>();
  private readonly watches = new Map<InMemoryWatch, (change: Change) => void>();
  private readonly interceptors = new Set<KubeInterceptor>();
  private served: ApiResource[];
  private readonly history: ChangeHistory;
  private version = 1;
  private uids = 0;

  constructor(private readonly options: InMemoryKubeApiOptions = {}) {
    this.history = new ChangeHistory(options.keptChanges);
    this.served = [...BUILT_IN_RESOURCES, ...(options.resources ?? [])];
    for (const name of ['default', 'kube-system', ...(options.namespaces ?? [])]) {
      this.insert({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
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
    this.history.compact(this.version);
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
    const resourceVersion = String(this.version);
    for (const watch of this.watches.keys()) watch.push({ type: 'bookmark', resourceVersion });
  }

  /** `previous`: of the containers' lives before this one, if they have had any. */
  setPodLogs(namespace: string, name: string, text: string, previous?: string): void {
    this.logs.set(`${namespace}/${name}`, { text, previous });
  }

  get(ref: KubeRef): Promise<Answer> {
    return this.answer({ verb: 'get', ref }, () => {
      const found = this.objects.get(keyOf(ref));
      return found === undefined ? notFound(ref) : ok(structuredClone(found));
    });
  }

  list(kind: KubeKind, selection: KubeSelection = {}): Promise<Result<KubeList, KubeRefusal>> {
    return this.answer({ verb: 'list', ref: { ...selection, ...kindOf(kind) } }, () => {
      const items = [...this.objects.values()]
        .filter((object) => selects(kind, selection, object))
        .map((object) => shape(selection, object));
      return ok({ items, resourceVersion: String(this.version) });
    });
  }

  create(object: KubeObject): Promise<Answer> {
    const ref = refOf(object);
    return this.answer({ verb: 'create', ref }, () => {
      const missing = this.missingNamespace(ref);
      if (missing !== null) return missing;
      if (this.objects.has(keyOf(ref))) {
        return refuse(ref, 'kube/already_exists', 'already exists');
      }
      const stored = this.insert(object);
      this.ownershipOf(ref).noteWrite(MANAGER, stored, undefined);
      return ok(structuredClone(stored));
    });
  }

  replace(object: KubeObject, options: ReplaceOptions = {}): Promise<Answer> {
    if (object.metadata.resourceVersion === undefined) {
      throw new InvariantViolation(`replace without resourceVersion: ${object.metadata.name}`);
    }
    const ref = refOf(object);
    return this.answer({ verb: 'replace', ref }, () => {
      const current = this.objects.get(keyOf(ref));
      if (current === undefined) return notFound(ref);
      if (current.metadata.resourceVersion !== object.metadata.resourceVersion) {
        const what = 'the object has been modified; read it again and apply your changes to that';
        return refuse(ref, 'kube/version_conflict', what);
      }
      if (options.dryRun === true) return ok(structuredClone(object));
      this.ownershipOf(ref).noteWrite(MANAGER, object, current);
      return ok(structuredClone(this.update(object, current)));
    });
  }

  delete(ref: KubeRef, options: DeleteOptions = {}): Promise<Result<void, KubeRefusal>> {
    return this.answer({ verb: 'delete', ref }, () => {
      const current = this.objects.get(keyOf(ref));
      if (current === undefined) return notFound(ref);
      const { uid, resourceVersion } = options.preconditions ?? {};
      const other =
        (uid !== undefined && uid !== current.metadata.uid) ||
        (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion);
      if (other) {
        return refuse(ref, 'kube/version_conflict', 'precondition failed');
      }
      if (options.dryRun === true) return ok(undefined);
      if ((current.metadata.finalizers ?? []).length > 0) this.markDeleted(current);
      else this.remove(current);
      return ok(undefined);
    });
  }

  apply(object: KubeObject, options: ApplyOptions): Promise<Answer> {
    const ref = refOf(object);
    return this.answer({ verb: 'apply', ref }, () => {
      const missing = this.missingNamespace(ref);
      if (missing !== null) return missing;
      const found = this.objects.get(keyOf(ref));
      const live = found ?? { ...kindOf(object), metadata: bareMetadata(object) };
      const ownership = this.ownershipOf(ref);
      const conflicts = ownership.conflicts(options.fieldManager, object, live);
      if (conflicts.length > 0 && !options.force) {
        const what = `Apply failed with ${String(conflicts.length)} conflict(s)`;
        return refuse(ref, 'kube/field_conflict', what, conflicts);
      }
      const stores = options.dryRun !== true;
      const merged = ownership.apply(options.fieldManager, object, live, stores);
      if (!stores) return ok(merged);
      return ok(structuredClone(found ? this.update(merged, found) : this.insert(merged)));
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
    const missed = this.history.after(Number(selection.resourceVersion));
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
    return this.objects.has(keyOf(namespace)) ? null : noNamespace(namespace);
  }

  private insert(object: KubeObject): KubeObject {
    return this.store('added', {
      ...structuredClone(object),
      metadata: {
        ...structuredClone(object.metadata),
        uid: this.newUid(),
        creationTimestamp: this.timestamp(),
        ...('spec' in object && { generation: 1 }),
      },
    });
  }

  private update(object: KubeObject, current: KubeObject): KubeObject {
    const { uid, creationTimestamp, deletionTimestamp, generation } = current.metadata;
    const changed = JSON.stringify(object['spec']) !== JSON.stringify(current['spec']);
    const next = {
      ...structuredClone(object),
      metadata: {
        ...structuredClone(object.metadata),
        uid,
        creationTimestamp,
        ...(deletionTimestamp !== undefined && { deletionTimestamp }),
        ...(generation !== undefined && { generation: generation + Number(changed) }),
      },
    } as KubeObject;
    if (JSON.stringify(sorted(next)) === JSON.stringify(sorted(current))) return current;
    if (deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0) {
      return this.remove(next);
    }
    return this.store('modified', next);
  }

  private markDeleted(object: KubeObject): void {
    if (object.metadata.deletionTimestamp !== undefined) return;
    const deletionTimestamp = this.timestamp();
    this.store('modified', { ...object, metadata: { ...object.metadata, deletionTimestamp } });
  }

  private remove(object: KubeObject): KubeObject {
    if (object.kind === 'Namespace' && object.apiVersion === 'v1') {
      for (const inside of [...this.objects.values()]) {
        if (inside.metadata.namespace === object.metadata.name) this.remove(inside);
      }
    }
    const key = keyOf(refOf(object));
    const removed = this.store('deleted', object);
    this.objects.delete(key);
    this.ownership.delete(key);
    return removed;
  }

  private store(type: Change['type'], object: KubeObject): KubeObject {
    this.version += 1;
    const resourceVersion = String(this.version);
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion } };
    this.objects.set(keyOf(refOf(object)), stored);
    const change = { type, object: stored, version: this.version };
    this.history.add(change);
    for (const deliver of this.watches.values()) deliver(change);
    return stored;
  }

  private newUid(): string {
    if (this.options.newUid !== undefined) return this.options.newUid();
    this.uids += 1;
    return `00000000-0000-4000-8000-${String(this.uids).padStart(12, '0')}`;
  }

  /** Kubernetes' timestamps have no fractions. */
  private timestamp(): string {
    const now = this.options.now?.() ?? STANDING_STILL;
    return `${now.toISOString().slice(0, 19)}Z`;
  }

  private ownershipOf(ref: KubeRef): FieldOwnership {
    const known = this.ownership.get(keyOf(ref));
    if (known !== undefined) return known;
    const fresh = new FieldOwnership();
    this.ownership.set(keyOf(ref), fresh);
    return fresh;
  }
}

function selects(kind: KubeKind, selection: KubeSelection, object: KubeObject): boolean {
  return (
    object.kind === kind.kind &&
    object.apiVersion === kind.apiVersion &&
    (selection.namespace === undefined || object.metadata.namespace === selection.namespace) &&
    matchesLabels(selection.labelSelector, object) &&
    matchesFields(selection.fieldSelector, object)
  );
}

function shape(selection: KubeSelection, object: KubeObject): KubeObject {
  const seen =
    selection.metadataOnly === true ? { ...kindOf(object), metadata: object.metadata } : object;
  return structuredClone(seen);
}

function bareMetadata({ metadata }: KubeObject): KubeObject['metadata'] {
  const { name, namespace } = metadata;
  return namespace === undefined ? { name } : { name, namespace };
}

function kindOf({ apiVersion, kind }: KubeKind): KubeKind {
  return { apiVersion, kind };
}

function keyOf(ref: KubeRef): string {
  return [ref.apiVersion, ref.kind, ref.namespace ?? '', ref.name].join(' ');
}

function sorted(object: KubeObject): KubeObject {
  const { resourceVersion: _resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function notFound(ref: KubeRef): Err<KubeRefusal> {
  return refuse(ref, 'kube/not_found', 'not found');
}

function noNamespace(ref: KubeRef): Err<KubeRefusal> {
  return refuse(ref, 'kube/not_found', `namespaces "${ref.name}" not found`);
}

const STATUS = {
  'kube/not_found': { status: 404, reason: 'NotFound' },
  'kube/already_exists': { status: 409, reason: 'AlreadyExists' },
  'kube/version_conflict': { status: 409, reason: 'Conflict' },
  'kube/field_conflict': { status: 409, reason: 'Conflict' },
} as const satisfies Partial<Record<KubeRefusalCode, Pick<KubeRefusal, 'status' | 'reason'>>>;

function refuse(
  ref: KubeRef,
  code: keyof typeof STATUS,
  what: string,
  causes: readonly KubeCause[] = [],
): Err<KubeRefusal> {
  return err({ code, ...STATUS[code], message: `${describeRef(ref)}: ${what}`, causes });
}
