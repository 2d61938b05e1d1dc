import { InvariantViolation } from '@apollo-deploy/kernel';
import { CommitSignalDraft } from '../commit-signals.js';

/** One unit of work in memory: knows how to take back what it did, and when it is over. */
export class MemoryTransaction {
  readonly signals = new CommitSignalDraft();
  private readonly undo: (() => void)[] = [];
  private ended = false;

  assertOpen(): void {
    if (this.ended) {
      throw new InvariantViolation(
        'this unit of work has ended; ask for what you need inside of transact',
      );
    }
  }

  onRollback(step: () => void): void {
    this.undo.push(step);
  }

  commit(): void {
    this.ended = true;
  }

  rollback(): void {
    this.ended = true;
    for (const step of this.undo.reverse()) step();
  }
}
