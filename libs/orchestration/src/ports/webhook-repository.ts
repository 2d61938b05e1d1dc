import type { Receiver, Webhook } from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from './already-exists.js';
import type { VersionConflict } from './plan-storage.js';

/** A webhook with something to be told. */
export interface WaitingLine {
  readonly receiver: Receiver;
  /** When the first in its line is to be tried. RFC 3339. */
  readonly dueAt: string;
}

/** Those outside who are told of what happens. There are few. */
export interface WebhookRepository {
  get(id: string): Promise<Webhook | undefined>;
  /** In the order of their names. */
  all(): Promise<readonly Webhook[]>;
  /** As `all`, those that are on; none of them is removed before this transaction has ended. */
  listening(): Promise<readonly Webhook[]>;
  /** Keeps it as version 1. Refused if the name is taken. */
  insert(webhook: Webhook): Promise<Result<Webhook, AlreadyExists>>;
  /** Writes only over the version that it has; answers it with the next one. Its name stays. */
  save(webhook: Webhook): Promise<Result<Webhook, VersionConflict>>;
  /** Takes it out and gives its name free, once all have ended for whom it was `listening`. */
  remove(id: string): Promise<boolean>;
  /** Those that are on and have something waiting, in any order. */
  waiting(): Promise<readonly WaitingLine[]>;
}
