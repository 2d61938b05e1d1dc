import { frozenCopy } from './frozen-copy.js';
import type { MemoryTransaction } from './memory-transaction.js';
import type { Slot } from './slot.js';

/** Parts of a key, joined so that no two different lists of parts give the same text. */
export function compositeKey(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** Answers the groups of one name that a row is in: one, several, or none. */
type GroupsOf<T> = (row: T) => string | readonly string[] | undefined;

/** Rows by key, each also found by the groups it belongs to. Groups are kept up with every write. */
export class MemoryTable<T extends object, G extends string = never> {
  private readonly slots = new Map<string, Slot<T>>();
  /** By the kind of group, then by its name. */
  private readonly members = new Map<string, Map<string, Map<string, Slot<T>>>>();
  private readonly kinds: readonly G[];
  private keysInOrder: string[] | undefined;
  private lastPosition = 0;
  /** The slots stand in the map by age; only what is taken back, or loaded in disorder, does not. */
  private isByAge = true;
  private youngest = -Infinity;

  /** `onPresence` is told of each key that comes or goes, when it has. */
  constructor(
    readonly keyOf: (row: T) => string,
    private readonly groups: Readonly<Record<G, GroupsOf<T>>>,
    private readonly onPresence: (key: string) => void = () => undefined,
  ) {
    this.kinds = Object.keys(groups) as G[];
    for (const kind of this.kinds) this.members.set(kind, new Map());
  }

  slot(key: string): Slot<T> | undefined {
    return this.slots.get(key);
  }

  /** In the order in which their keys came. */
  all(): readonly Slot<T>[] {
    return inOrder([...this.slots.values()]);
  }

  /** Of `all` the first ones, at most `limit`; costs nothing for the others. */
  first(limit: number): readonly Slot<T>[] {
    if (!this.isByAge) this.sortByAge();
    return firstOf(this.slots.values(), limit);
  }

  inGroup(group: G, value: string): readonly Slot<T>[] {
    const found = this.members.get(group)?.get(value);
    return found === undefined ? [] : inOrder([...found.values()]);
  }

  /** Valid until the next write. */
  sortedKeys(): readonly string[] {
    this.keysInOrder ??= [...this.slots.keys()].sort();
    return this.keysInOrder;
  }

  put(key: string, row: T): void {
    const before = this.slots.get(key);
    if (before === undefined) this.lastPosition += 1;
    this.restore(key, { row, position: before?.position ?? this.lastPosition });
  }

  /** Makes the key hold exactly this, or nothing. */
  restore(key: string, slot: Slot<T> | undefined): void {
    const before = this.slots.get(key);
    if (before !== undefined) this.leaveGroups(key, before.row);
    if ((before === undefined) !== (slot === undefined)) this.keepOrder(key, slot !== undefined);
    if (slot === undefined) this.slots.delete(key);
    else {
      this.slots.set(key, slot);
      this.joinGroups(key, slot);
      if (slot.position < this.youngest && slot.position !== before?.position) this.isByAge = false;
      this.youngest = Math.max(this.youngest, slot.position);
    }
    if ((before === undefined) !== (slot === undefined)) this.onPresence(key);
  }

  /** Makes the key hold this from the start, as old as it was when it was written. */
  load(key: string, { row, position }: Slot<T>): void {
    this.restore(key, { row: frozenCopy(row), position });
    this.lastPosition = Math.max(this.lastPosition, position);
  }

  private sortByAge(): void {
    const entries = [...this.slots].sort(([, a], [, b]) => a.position - b.position);
    this.slots.clear();
    for (const [key, slot] of entries) this.slots.set(key, slot);
    this.isByAge = true;
  }

  /** Keys are sorted once; afterwards each comes and goes in its place. */
  private keepOrder(key: string, comes: boolean): void {
    const keys = this.keysInOrder;
    if (keys === undefined) return;
    if (comes) keys.splice(firstAfter(keys, key), 0, key);
    else keys.splice(firstAfter(keys, key) - 1, 1);
  }

  private joinGroups(key: string, slot: Slot<T>): void {
    for (const kind of this.kinds) {
      const members = this.members.get(kind);
      for (const name of namesOf(this.groups[kind](slot.row))) {
        const group = members?.get(name);
        if (group === undefined) members?.set(name, new Map([[key, slot]]));
        else group.set(key, slot);
      }
    }
  }

  private leaveGroups(key: string, row: T): void {
    for (const kind of this.kinds) {
      const members = this.members.get(kind);
      for (const name of namesOf(this.groups[kind](row))) {
        const group = members?.get(name);
        group?.delete(key);
        if (group?.size === 0) members?.delete(name);
      }
    }
  }
}

/** The first of the items, at most `limit`. */
function firstOf<V>(items: Iterable<V>, limit: number): readonly V[] {
  const found: V[] = [];
  for (const item of items) {
    if (found.length >= limit) break;
    found.push(item);
  }
  return found;
}

const NONE: readonly string[] = [];

function namesOf(groups: ReturnType<GroupsOf<object>>): readonly string[] {
  if (groups === undefined) return NONE;
  return typeof groups === 'string' ? [groups] : groups;
}

/** Index of the first of the sorted keys that sorts after `bound`. */
export function firstAfter(keys: readonly string[], bound: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** One transaction's way to a table: refuses after its end, and can be undone. */
export class TableView<T extends object, G extends string = never> {
  constructor(
    private readonly table: MemoryTable<T, G>,
    private readonly transaction: MemoryTransaction,
  ) {}

  get(key: string): T | undefined {
    return this.slot(key)?.row;
  }

  slot(key: string): Slot<T> | undefined {
    this.transaction.assertOpen();
    return this.table.slot(key);
  }

  /** Those of the keys that exist, each once, in the order of the keys. */
  getMany(keys: readonly string[]): readonly T[] {
    return [...new Set(keys)].sort().flatMap((key) => this.get(key) ?? []);
  }

  all(): readonly Slot<T>[] {
    this.transaction.assertOpen();
    return this.table.all();
  }

  first(limit: number): readonly Slot<T>[] {
    this.transaction.assertOpen();
    return this.table.first(limit);
  }

  inGroup(group: G, value: string): readonly T[] {
    return this.slotsInGroup(group, value).map(({ row }) => row);
  }

  slotsInGroup(group: G, value: string): readonly Slot<T>[] {
    this.transaction.assertOpen();
    return this.table.inGroup(group, value);
  }

  sortedKeys(): readonly string[] {
    this.transaction.assertOpen();
    return this.table.sortedKeys();
  }

  /** Keeps a copy of the row and answers it. */
  put(row: T): T {
    const kept = frozenCopy(row);
    const key = this.table.keyOf(kept);
    this.transaction.remember(this.table, key);
    this.table.put(key, kept);
    return kept;
  }

  remove(key: string): void {
    this.transaction.remember(this.table, key);
    this.table.restore(key, undefined);
  }
}

/** By position. Most often they come so. */
function inOrder<T>(slots: Slot<T>[]): readonly Slot<T>[] {
  let last = -Infinity;
  for (const { position } of slots) {
    if (position < last) return slots.sort((a, b) => a.position - b.position);
    last = position;
  }
  return slots;
}
