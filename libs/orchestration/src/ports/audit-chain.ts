import type { ChainHead } from '@apollo-deploy/domain';
import type { AuditEntry } from './records.js';

/** The place of an entry in the chain. */
export interface AuditLink extends ChainHead {
  readonly entryId: string;
  /** The hash of the link before. */
  readonly previous: string;
}

/** An entry that has its place. */
export interface LinkedEntry {
  readonly link: AuditLink;
  readonly entry: AuditEntry;
}

/** How things stood with the chain at one moment. */
export interface ChainLook {
  /** Whether an entry is waiting. */
  readonly isWaiting: boolean;
  /** Absent while nothing is linked. */
  readonly head?: ChainHead;
}

/**
 * The order of the audit trail, once and for all. An entry waits from the commit of what it records,
 * however late that is, until a sequencer gives it the next number. Nothing of it is ever changed or
 * taken out. Only the holder of a lease may `append`, in the transaction that has read what waits.
 */
export interface AuditChain {
  /** As of one moment, in one statement: every replica asks this every other second. */
  look(): Promise<ChainLook>;
  /** Up to `limit` of the entries that wait, in the order of their writing. They wait until `append`. */
  waiting(limit: number): Promise<readonly AuditEntry[]>;
  /** Absent while nothing is linked. */
  head(): Promise<ChainHead | undefined>;
  /** The links of these numbers as heads, in any order; numbers that the chain does not reach are left out. */
  at(numbers: readonly number[]): Promise<readonly ChainHead[]>;
  /**
   * Goes on after the head. A number that does not follow, another hash before, and an entry that does
   * not wait are bugs. Whether a hash is the right one is not looked at.
   */
  append(links: readonly AuditLink[]): Promise<void>;
  /** Up to `limit` linked entries after the one of this number, in order; 0 = from the first. */
  after(number: number, limit: number): Promise<readonly LinkedEntry[]>;
}
