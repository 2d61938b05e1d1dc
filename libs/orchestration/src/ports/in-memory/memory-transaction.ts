import { InvariantViolation } from '@apollo-deploy/kernel';
import { CommitSignalDraft } from '../commit-signals.js';
import type { Slot } from './slot.js';

/** What a transaction needs of a table to know, and to take back, what it did there. */
export interface TouchedTable {
  slot(key: string): Slot<object> | undefined;
  restore(key: string, slot: Slot<object> | undefined): void;
}

/** Where a transaction wrote, and what that place holds now; `undefined` = nothing any more. */
export interface TouchedSlot {
  readonly table: TouchedTable;
  readonly key: string;
  readonly slot: Slot<object> | undefined;
}

/** One unit of work in memory: knows what it did, how to take it back, and when it is over. */
export class MemoryTransaction {
  readonly signals = new CommitSignalDraft();
  /** What each place held before this transaction first wrote there. */
  private readonly before = new Map<TouchedTable, Map<string, Slot<object> | undefined>>();
  private ended = false;

  assertOpen(): void {
    if (this.ended) {
      throw new InvariantViolation(
        'this unit of work has ended; ask for what you need inside of transact',
      );
    }
  }

  /** To be called before each write. */
  remember(table: TouchedTable, key: string): void {
    this.assertOpen();
    const slots = this.before.get(table) ?? new Map<string, Slot<object> | undefined>();
    if (!slots.has(key)) slots.set(key, table.slot(key));
    this.before.set(table, slots);
  }

  /** Lets nothing be asked for after what `ask` does. */
  async finish<T>(ask: () => Promise<T>): Promise<T> {
    this.assertOpen();
    try {
      return await ask();
    } finally {
      this.ended = true;
    }
  }

  /** Ends it: from here on nobody can write through it. */
  end(): void {
    this.ended = true;
  }

  /** The places that do not hold what they held before. */
  touched(): readonly TouchedSlot[] {
    return [...this.before].flatMap(([table, slots]) =>
      [...slots].flatMap(([key, before]) => {
        const slot = table.slot(key);
        return slot === before ? [] : [{ table, key, slot }];
      }),
    );
  }

  rollback(): void {
    this.end();
    for (const [table, slots] of this.before) {
      for (const [key, slot] of slots) table.restore(key, slot);
    }
  }
}
