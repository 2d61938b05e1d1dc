import { StoreUnavailable } from '@apollo-deploy/orchestration';
import type { PoolClient, Submittable } from 'pg';
import { databaseFailure, endsConnection, messageOf } from './database-failure.js';
import { type Frame, FramedQuery } from './framed-query.js';
import type { Row } from './table-map.js';

/** One statement of a transaction. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** Neither writes nor locks: before anything else does, it needs no transaction around it. */
  readonly reads: boolean;
  /** Nothing comes after it: it is committed in the same message. */
  readonly last: boolean;
}

/**
 * A transaction that costs as few round trips as it can: it is opened along with the first statement
 * that writes or locks, and committed along with the last one where that is known. At READ COMMITTED
 * each statement sees what is committed when it begins, so that reading before is no different from
 * reading first. One that only reads is never opened.
 */
export class ClientTransaction {
  private open = false;
  private finished = false;
  /** Whether the connection is good for nothing any more. */
  private broken = false;

  constructor(
    private readonly client: PoolClient,
    private readonly target: string,
  ) {}

  /** Answers the rows. Throws what the failure means; nothing but `end` is possible after that. */
  async run({ text, parameters, reads, last }: Statement): Promise<readonly Row[]> {
    const begin = !this.open && !reads && !last;
    const commit = this.open && last;
    // Also if it fails: what was opened with it has to be taken back.
    this.open ||= begin;
    this.finished = last;
    try {
      return await this.send(text, parameters, { begin, commit });
    } catch (error) {
      throw last && !reads ? this.commitFailure(error) : this.failure(error);
    }
  }

  /** Keeps what was written, if anything was. */
  async commit(): Promise<void> {
    if (!this.open || this.finished) return;
    this.finished = true;
    try {
      await this.client.query('COMMIT');
    } catch (error) {
      throw this.commitFailure(error);
    }
  }

  /** Gives the connection back; `failed`: without what was written. */
  async end(failed: boolean): Promise<void> {
    if (failed && this.open && !this.broken) await this.rollback();
    this.client.release(this.broken);
  }

  /** The caller hears of what failed before; if this fails too, the server undoes it by itself. */
  private async rollback(): Promise<void> {
    try {
      await this.client.query('ROLLBACK');
    } catch {
      this.broken = true;
    }
  }

  private send(
    text: string,
    parameters: readonly unknown[],
    frame: Frame,
  ): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      const config = { text, values: [...parameters], queryMode: 'extended' };
      const query = new FramedQuery(config, frame, (error, result) => {
        if (error == null) resolve(result?.rows ?? []);
        else reject(error);
      });
      this.client.query(query as unknown as Submittable);
    });
  }

  private failure(error: unknown): Error {
    this.broken ||= endsConnection(error);
    return databaseFailure(error, this.target);
  }

  /** Never repeated by itself where the server may have kept the writes and did not say so. */
  private commitFailure(error: unknown): Error {
    const failure = this.failure(error);
    if (!this.broken) return failure;
    return new StoreUnavailable(
      `the database ${this.target} did not say whether it kept the last writes: ` +
        `${messageOf(error)}; read what is stored before you try again`,
      { cause: error },
    );
  }
}
