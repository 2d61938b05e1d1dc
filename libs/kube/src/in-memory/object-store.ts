import { refOf, type KubeObject, type KubeRef } from '../kube-object.js';
import { ChangeHistory, type Change } from './change-history.js';
import { FieldOwnership } from './field-ownership.js';

/** How a cluster in memory numbers, dates and remembers. */
export interface ObjectStoreOptions {
  /** Says when objects are made and marked for deletion; the start of 2026 if not given. */
  readonly now?: () => Date;
  /** Makes the uid of each object, which nothing else may have had; counted up if not given. */
  readonly newUid?: () => string;
  /** At least so many changes are kept for watches that begin late; all of them if not given. */
  readonly keptChanges?: number;
}

const STANDING_STILL = new Date('2026-01-01T00:00:00Z');

/**
 * The objects of a cluster in memory, with the uids, resourceVersions, generations and timestamps that an
 * API server gives them, and the history of their changes. Refuses nothing.
 */
export class ObjectStore {
  private readonly objects = new Map<string, KubeObject>();
  private readonly ownership = new Map<string, FieldOwnership>();
  private readonly history: ChangeHistory;
  private newest = 1;
  private uids = 0;

  /** `onChange`: called with every change once it is kept. */
  constructor(
    private readonly options: ObjectStoreOptions,
    private readonly onChange: (change: Change) => void,
  ) {
    this.history = new ChangeHistory(options.keptChanges);
  }

  /** The resourceVersion of the newest change. */
  get version(): string {
    return String(this.newest);
  }

  get(ref: KubeRef): KubeObject | undefined {
    return this.objects.get(keyOf(ref));
  }

  all(): readonly KubeObject[] {
    return [...this.objects.values()];
  }

  /** All changes after a resourceVersion; null if some of them are forgotten. */
  changesAfter(version: number): readonly Change[] | null {
    return this.history.after(version);
  }

  /** Forgets the history of changes. */
  compact(): void {
    this.history.compact(this.newest);
  }

  /** Keeps an object that is new, with what an API server gives it. */
  insert(object: KubeObject): KubeObject {
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

  /** Keeps it in place of `current`; one marked for deletion goes with its last finalizer. */
  update(object: KubeObject, current: KubeObject): KubeObject {
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

  /** Marks it for deletion, as something with finalizers is. */
  markDeleted(object: KubeObject): void {
    if (object.metadata.deletionTimestamp !== undefined) return;
    const deletionTimestamp = this.timestamp();
    this.store('modified', { ...object, metadata: { ...object.metadata, deletionTimestamp } });
  }

  /** Removes it at once; with a namespace, all that is in it. */
  remove(object: KubeObject): KubeObject {
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

  /** Who has set which of its fields. */
  ownershipOf(ref: KubeRef): FieldOwnership {
    const known = this.ownership.get(keyOf(ref));
    if (known !== undefined) return known;
    const fresh = new FieldOwnership();
    this.ownership.set(keyOf(ref), fresh);
    return fresh;
  }

  private store(type: Change['type'], object: KubeObject): KubeObject {
    this.newest += 1;
    const resourceVersion = this.version;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion } };
    this.objects.set(keyOf(refOf(object)), stored);
    const change = { type, object: stored, version: this.newest };
    this.history.add(change);
    this.onChange(change);
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
}

function keyOf(ref: KubeRef): string {
  return [ref.apiVersion, ref.kind, ref.namespace ?? '', ref.name].join(' ');
}

function sorted(object: KubeObject): KubeObject {
  const { resourceVersion: _resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata };
}
