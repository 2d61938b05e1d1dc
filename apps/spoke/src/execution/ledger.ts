import type { Result } from '@apollo-deploy/kernel';
import type { LedgerEntry, ReleaseRef } from './ledger-entry.js';

/** Somebody else wrote in between: read again and decide anew. */
export interface LedgerMoved {
  readonly code: 'ledger/moved';
}

/**
 * Claims and verdicts of each release, kept in the cluster that they are about, so that they are true
 * for whatever process comes next. All methods throw `KubeUnavailable` when the cluster cannot be
 * asked, and `LedgerUnusable` when it refuses or holds what cannot be read.
 */
export interface Ledger {
  /** The entry as stored; an empty one (version null) where there is none. */
  read(release: ReleaseRef): Promise<LedgerEntry>;
  /** The entries of all releases; those that cannot be read are left out. */
  all(): Promise<readonly LedgerEntry[]>;
  /**
   * Compare-and-swap: stored only if the stored version is still `entry.version`. One of several
   * writers from the same version wins. The answer carries the new version.
   */
  write(entry: LedgerEntry): Promise<Result<LedgerEntry, LedgerMoved>>;
}

/** The ledger is there and cannot be used as it is; a person has to do what the message says. */
export class LedgerUnusable extends Error {
  override readonly name = 'LedgerUnusable';
  /** True: it may have been put right by the next attempt. */
  readonly retryable = true;
}
