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
  private readonly members = new Map<string, Set<string>>();
  private readonly groupNames: readonly G[];
  private keysInOrder: readonly string[] | undefined;
  private lastPosition = 0;

  constructor(
    readonly keyOf: (row: T) => string,
    private readonly groups: Readonly<Record<G, GroupsOf<T>>>,
  ) {
    this.groupNames = Object.keys(groups) as G[];
  }

  slot(key: string): Slot<T> | undefined {
    return this.slots.get(key);
  }

  /** In the order in which their keys came. */
  all(): readonly Slot<T>[] {
    return [...this.slots.values()].sort(byPosition);
  }

  inGroup(group: G, value: string): readonly Slot<T>[] {
    const keys = this.members.get(compositeKey(group, value)) ?? [];
    return [...keys].flatMap((key) => this.slots.get(key) ?? []).sort(byPosition);
  }

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
    if ((before === undefined) !== (slot === undefined)) this.keysInOrder = undefined;
    if (slot === undefined) {
      this.slots.delete(key);
      return;
    }
    this.slots.set(key, slot);
    this.joinGroups(key, slot.row);
  }

  /** Makes the key hold this from the start, as old as it was when it was written. */
  load(key: string, { row, position }: Slot<T>): void {
    this.restore(key, { row: frozenCopy(row), position });
    this.lastPosition = Math.max(this.lastPosition, position);
  }

  private joinGroups(key: string, row: T): void {
    for (const group of this.groupsOf(row)) {
      const keys = this.members.get(group);
      if (keys === undefined) this.members.set(group, new Set([key]));
      else keys.add(key);
    }
  }

  private leaveGroups(key: string, row: T): void {
    for (const group of this.groupsOf(row)) {
      const keys = this.members.get(group);
      keys?.delete(key);
      if (keys?.size === 0) this.members.delete(group);
    }
  }

  private groupsOf(row: T): readonly string[] {
    return this.groupNames.flatMap((name) => {
      const values = this.groups[name](row) ?? [];
      return [values].flat().map((value) => compositeKey(name, value));
    });
  }
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

function byPosition<T>(a: Slot<T>, b: Slot<T>): number {
  return a.position - b.position;
}
