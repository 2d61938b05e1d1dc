import type { Json, Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from './already-exists.js';
import type { Page, PageRequest } from './page.js';

/** Whose signatures a spoke goes by, as it tells. */
export interface KeyTrust {
  readonly version: number;
  /** How many of the keys have to sign. */
  readonly threshold: number;
  /** SHA-256 of the keys (SPKI, DER), lower-case hex. */
  readonly keyIds: readonly string[];
  /** From then on none of them counts; absent: they have no end. RFC 3339. */
  readonly expiresAt?: string;
}

/** A key that signs plans. */
export interface SigningKey {
  /** SHA-256 of the key (SPKI, DER), lower-case hex. */
  readonly keyId: string;
  /** Ed25519, the raw bytes in base64url. */
  readonly publicKey: string;
  readonly purpose: 'plan';
}

/** The keys that sign plans, and the next key set. */
export interface KeySetContent {
  /** 1 or more; a later set has a higher one. */
  readonly version: number;
  readonly threshold: number;
  readonly keys: readonly SigningKey[];
  readonly expiresAt?: string;
}

export interface KeySetRecord extends KeySetContent {
  /** With its signatures, as spokes get it. */
  readonly envelope: Readonly<Record<string, Json>>;
  readonly addedAt: string;
  readonly addedBy: string;
}

/** Every key set there ever was; none is changed or removed. */
export interface KeySetRepository {
  /** The one with the highest version. */
  newest(): Promise<KeySetRecord | undefined>;
  /** Refused if there is one of this version. A commit that adds one is told to all. */
  insert(set: KeySetRecord): Promise<Result<KeySetRecord, AlreadyExists>>;
  /** Whether any of them names this public key. */
  names(publicKey: string): Promise<boolean>;
  /** In the order of their versions; the key of the page is the version, see `versionAfter`. */
  list(page: PageRequest): Promise<Page<KeySetRecord>>;
}

/** The version after which a page of key sets begins. */
export function versionAfter({ after = '0' }: Pick<PageRequest, 'after'>): number {
  return /^\d{1,15}$/.test(after) ? Number(after) : 0;
}
