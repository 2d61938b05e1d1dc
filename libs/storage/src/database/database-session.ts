import { InvariantViolation } from '@apollo-deploy/kernel';
import { CommitSignalDraft } from '@apollo-deploy/orchestration';
import type { QueryRunner } from 'typeorm';
import { databaseFailure } from './database-failure.js';
import type { Row } from './table-map.js';

/**
 * One open transaction. Statements run one after another, however they are asked for. After the first
 * that fails nothing more reaches the server, and the transaction cannot commit.
 */
export class DatabaseSession {
  readonly signals = new CommitSignalDraft();
  private readonly lastWrites = new Set<() => Promise<void>>();
  private lastTurn: Promise<unknown> = Promise.resolve();
  private ended = false;
  private firstFailure: Error | undefined;

  constructor(
    private readonly runner: QueryRunner,
    private readonly target: string,
  ) {}

  /** What went wrong, also where the work has caught it. */
  get failure(): Error | undefined {
    return this.firstFailure;
  }

  /** Runs one statement and answers its rows. */
  async query(statement: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    this.assertOpen();
    const turn = this.lastTurn.then(() => this.run(statement, parameters));
    this.lastTurn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** Has `write` called as the last thing before the commit, once however often it is asked for. */
  beforeCommit(write: () => Promise<void>): void {
    this.assertOpen();
    this.lastWrites.add(write);
  }

  /** Writes what was to come last. */
  async writeLast(): Promise<void> {
    for (const write of this.lastWrites) await write();
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

  private async run(statement: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    if (this.firstFailure !== undefined) throw this.firstFailure;
    try {
      const result = await this.runner.query(statement, [...parameters], true);
      return result.records as readonly Row[];
    } catch (error) {
      this.firstFailure = databaseFailure(error, this.target);
      throw this.firstFailure;
    }
  }
}
