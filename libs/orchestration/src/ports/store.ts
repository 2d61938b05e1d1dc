import type { UnitOfWork } from './unit-of-work.js';

/** What a commit has left to do for others, so that nobody has to poll for it. */
export interface CommitSignal {
  /** Entities were marked for evaluation. */
  readonly dirty: boolean;
  /** Spokes for which messages were written. */
  readonly outbox: readonly string[];
  /** Spokes that are revoked; absent if there are none. */
  readonly revoked?: readonly string[];
  /** A key set was added. */
  readonly keySets?: true;
  /** Notifications are to be delivered; told in the process that wrote them only. */
  readonly notifications?: true;
  /** Events were written. */
  readonly events: boolean;
  /** Commits of other processes may have gone by unheard: anything may have been left. */
  readonly missed?: true;
  /** Another server has taken over: what was committed, and told of, may be gone. */
  readonly rewound?: true;
}

/** What is told when nobody knows what was missed. */
export const MISSED: CommitSignal = { dirty: true, outbox: [], events: true, missed: true };

/**
 * Keeps everything. Nothing is written outside `transact`.
 *
 * Adapters: memory, a folder of files and a database, with one contract suite (`describeStore`).
 */
export interface Store {
  /**
   * Runs `work` as one unit: all of its writes are kept, durably, before the promise resolves, or
   * none if it throws. Works that touch the same rows do not see each other half done. A work must
   * be repeatable: an adapter may run it again after a serialization failure. Throws
   * `StoreUnavailable` when the store cannot be reached.
   */
  transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T>;
  /**
   * Calls the listener after each commit of this process that left a signal. Of other processes it
   * tells what they marked and the messages they wrote, and `missed` whenever it has not heard them
   * for a while.
   */
  onCommit(listener: (signal: CommitSignal) => void): () => void;
  /**
   * Whether other processes are heard now, or there can be none. Where not, what they leave has to be
   * asked for. Whoever relies on it still asks now and then: a dead connection may go unnoticed.
   */
  hearsOthers(): boolean;
  /** Whether the store answers now. Never throws. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

/** The store cannot be reached or gave up in the middle; trying again later may help. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly retryable = true;
}
