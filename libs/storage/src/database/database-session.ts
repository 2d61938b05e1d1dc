import { InvariantViolation } from '@apollo-deploy/kernel';
import { CommitSignalDraft } from '@apollo-deploy/orchestration';
import type { ClientTransaction, Statement } from './client-transaction.js';
import type { Row } from './table-map.js';

/** How a statement asks for a lock; one that was sent before the transaction is opened would not be kept. */
const LOCKS = /\bFOR\s+(?:(?:NO\s+KEY\s+)?UPDATE|(?:KEY\s+)?SHARE)\b/i;

/**
 * One open transaction. Statements run one after another, however they are asked for. After the first
 * that fails nothing more reaches the server, and the transaction cannot commit.
 */
export class DatabaseSession {
  readonly signals = new CommitSignalDraft();
  private readonly lastWrites = new Set<() => Promise<void>>();
  private lastTurn: Promise<unknown> = Promise.resolve();
  private ended = false;
  /** The next statement is the last. */
  private finishing = false;
  private firstFailure: Error | undefined;

  constructor(private readonly transaction: Pick<ClientTransaction, 'run'>) {}

  /** What went wrong, also where the work has caught it. */
  get failure(): Error | undefined {
    return this.firstFailure;
  }

  /** Runs one statement and answers its rows. */
  async query(statement: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.inTurn(statement, parameters, false);
  }

  /** As `query`, for a statement that neither writes nor locks anything. One that locks is a bug. */
  async read(statement: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    if (LOCKS.test(statement)) {
      throw new InvariantViolation(
        `a statement that locks must go through query, or its lock ends with it: ${statement}`,
      );
    }
    return this.inTurn(statement, parameters, true);
  }

  /** Has `write` called as the last thing before the commit, once however often it is asked for. */
  beforeCommit(write: () => Promise<void>): void {
    this.assertOpen();
    this.lastWrites.add(write);
  }

  /** Writes what was to come last. */
  async writeLast(): Promise<void> {
    for (const write of this.lastWrites) {
      this.lastWrites.delete(write);
      await write();
    }
  }

  /** Commits along with the one statement that `ask` makes. */
  async finish<T>(ask: () => Promise<T>): Promise<T> {
    this.assertOpen();
    await this.writeLast();
    this.finishing = true;
    try {
      return await ask();
    } finally {
      this.ended = true;
    }
  }

  /** Refuses statements from now on, and waits for those that were asked for before. */
  async end(): Promise<void> {
    this.ended = true;
    await this.lastTurn;
  }

  private assertOpen(): void {
    if (this.ended) {
      throw new InvariantViolation(
        'this unit of work has ended; ask for what you need inside of transact',
      );
    }
  }

  private inTurn(
    text: string,
    parameters: readonly unknown[],
    reads: boolean,
  ): Promise<readonly Row[]> {
    this.assertOpen();
    const last = this.finishing;
    this.ended = last;
    const turn = this.lastTurn.then(() => this.run({ text, parameters, reads, last }));
    this.lastTurn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  private async run(statement: Statement): Promise<readonly Row[]> {
    if (this.firstFailure !== undefined) throw this.firstFailure;
    try {
      return await this.transaction.run(statement);
    } catch (error) {
      this.firstFailure = error as Error;
      throw error;
    }
  }
}
