import type { Notification, NotificationStatus, Receiver } from '@apollo-deploy/domain';
import type { Page, PageRequest } from './page.js';

/** A notification that has no place in its line yet. */
export type NewNotification = Omit<Notification, 'sequence'>;

/** What a list of notifications is limited to; what is absent limits nothing. */
export interface NotificationFilter {
  readonly status?: NotificationStatus;
  readonly receiver?: Receiver;
  readonly environment?: string;
  /** Only of these. */
  readonly environments?: readonly string[];
}

/** From when on what has ended is kept. RFC 3339. */
export interface KeptSince {
  readonly delivered: string;
  readonly dead: string;
}

/** Whether a saved one is news to whoever tells: one that it has tried itself is not. For adapters. */
export function isDueAnew({ nextAttemptAt, attempts }: Notification): boolean {
  return nextAttemptAt !== undefined && attempts === 0;
}

/** What others are to be told, and were: an outbox, written along with what it tells of. */
export interface NotificationRepository {
  /**
   * Adds them in their order, as the last thing that the transaction does; their places are in the order
   * in which transactions commit.
   */
  add(notifications: readonly NewNotification[]): Promise<void>;
  get(id: string): Promise<Notification | undefined>;
  /** As `get`, and nobody else locks it before this transaction has ended. */
  lock(id: string): Promise<Notification | undefined>;
  /** The first that wait for a receiver, due or not, in the order of their places, at most `limit`. */
  line(receiver: Receiver, limit: number): Promise<readonly Notification[]>;
  /** Writes over one; nothing if it is forgotten. Its body and place do not change. */
  save(notification: Notification): Promise<void>;
  /** Gives up all that wait for a receiver; `at` (RFC 3339) and why are on record with each. */
  giveUp(receiver: Receiver, at: string, why: string): Promise<void>;
  /** In the order of their ids. */
  list(filter: NotificationFilter, page: PageRequest): Promise<Page<Notification>>;
  /** Takes out up to `limit` that ended before. Answers how many. */
  forget(since: KeptSince, limit: number): Promise<number>;
}
