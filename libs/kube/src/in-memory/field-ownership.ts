import type { KubeCause } from '../kube-refusal.js';
import type { KubeObject } from '../kube-object.js';

type Fields = Record<string, unknown>;

const SYSTEM_METADATA = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
]);

/**
 * Who set which field of one object, as server-side apply keeps it. Coarser than the API server:
 * a list is one field, whatever its items are.
 */
export class FieldOwnership {
  private readonly owners = new Map<string, Set<string>>();

  /** Fields of `applied` that another manager holds with another value. */
  conflicts(manager: string, applied: KubeObject, live: KubeObject): KubeCause[] {
    const current = leavesOf(live);
    return [...leavesOf(applied)].flatMap(([field, value]) => {
      if (!current.has(field) || sameValue(current.get(field), value)) return [];
      return [...(this.owners.get(field) ?? [])]
        .filter((owner) => owner !== manager)
        .map((owner) => ({
          field,
          reason: 'FieldManagerConflict',
          message: `conflict with "${owner}" using ${live.apiVersion}`,
        }));
    });
  }

  /** The object after the apply; ownership is noted only when `commit` is true. */
  apply(manager: string, applied: KubeObject, live: KubeObject, commit: boolean): KubeObject {
    const wanted = leavesOf(applied);
    const merged = structuredClone(live) as Fields;
    for (const [field, owners] of this.owners) {
      if (owners.has(manager) && owners.size === 1 && !wanted.has(field)) unset(merged, field);
    }
    for (const [field, value] of wanted) set(merged, field, value);
    if (commit) this.noteApply(manager, wanted, leavesOf(live));
    return merged as KubeObject;
  }

  /** Notes an ordinary write: the writer owns what it changed. */
  noteWrite(manager: string, written: KubeObject, before: KubeObject | undefined): void {
    const previous = before === undefined ? new Map<string, unknown>() : leavesOf(before);
    const current = leavesOf(written);
    for (const [field, value] of current) {
      if (!sameValue(previous.get(field), value)) this.owners.set(field, new Set([manager]));
    }
    for (const field of previous.keys()) if (!current.has(field)) this.owners.delete(field);
  }

  private noteApply(
    manager: string,
    wanted: ReadonlyMap<string, unknown>,
    live: ReadonlyMap<string, unknown>,
  ): void {
    for (const [field, owners] of this.owners) if (!wanted.has(field)) owners.delete(manager);
    for (const [field, value] of wanted) {
      const shared = live.has(field) && sameValue(live.get(field), value);
      const owners = shared ? (this.owners.get(field) ?? []) : [];
      this.owners.set(field, new Set([...owners, manager]));
    }
  }
}

function leavesOf(object: KubeObject): Map<string, unknown> {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const ours = Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !SYSTEM_METADATA.has(name)),
  );
  const leaves = new Map<string, unknown>();
  collect({ ...rest, metadata: ours }, '', leaves);
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, unknown>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (value !== undefined) leaves.set(path, value);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    collect(member, `${path}.${name.replaceAll('.', '\\.')}`, leaves);
  }
}

function stepsOf(field: string): string[] {
  return field
    .slice(1)
    .split(/(?<!\\)\./)
    .map((step) => step.replaceAll('\\.', '.'));
}

function set(target: Fields, field: string, value: unknown): void {
  const steps = stepsOf(field);
  const last = steps.pop() ?? '';
  let parent = target;
  for (const step of steps) parent = (parent[step] ??= {}) as Fields;
  parent[last] = value;
}

function unset(target: Fields, field: string): void {
  const steps = stepsOf(field);
  const last = steps.pop() ?? '';
  let parent: Fields | undefined = target;
  for (const step of steps) parent = parent?.[step] as Fields | undefined;
  if (parent !== undefined) Reflect.deleteProperty(parent, last);
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
