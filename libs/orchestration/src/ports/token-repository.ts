import type { TokenScope } from '@apollo-deploy/domain';
import type { Page, PageRequest } from './page.js';

/** A long random text that stands for somebody. Only its SHA-256 is kept. */
export interface ApiTokenRecord {
  readonly id: string;
  /** What it is for, for people. */
  readonly name: string;
  /** The name in `people` of who acts by it, a person or a machine. */
  readonly owner: string;
  /** SHA-256 of the token, lowercase hex; no two have the same. */
  readonly hash: string;
  readonly scope: TokenScope;
  readonly createdBy: string;
  readonly createdAt: string;
  /** From here on it is worth nothing. */
  readonly expiresAt: string;
  readonly revokedAt?: string;
  readonly revokedBy?: string;
  /** May be some minutes behind. */
  readonly lastUsedAt?: string;
}

export interface TokenUse {
  readonly id: string;
  readonly at: string;
}

export interface TokenRepository {
  get(id: string): Promise<ApiTokenRecord | undefined>;
  /** Those of these ids that there are, revoked and expired ones included, in any order. */
  getMany(ids: readonly string[]): Promise<readonly ApiTokenRecord[]>;
  /** Revoked and expired ones included. */
  byHash(hash: string): Promise<ApiTokenRecord | undefined>;
  /** How many of the owner's are neither revoked nor expired at `now`. */
  countUsable(owner: string, now: string): Promise<number>;
  /** Keeps a new one; its id and its hash must be free. */
  insert(token: ApiTokenRecord): Promise<void>;
  /** False if there is none of that id, or it is revoked already. */
  revoke(id: string, by: string, at: string): Promise<boolean>;
  /** Writes when tokens were used last; an instant before the one that is kept is ignored. */
  noteUses(uses: readonly TokenUse[]): Promise<void>;
  /**
   * Forgets what has expired or was revoked before this instant, at most `limit`. Answers whether there
   * may be more. What the engine made stays: its file must not make it anew.
   */
  forgetBefore(instant: string, limit: number): Promise<boolean>;
  /** In the order of their ids; `owner` absent = of everybody. */
  list(owner: string | undefined, page: PageRequest): Promise<Page<ApiTokenRecord>>;
}
