import type { Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from './already-exists.js';

/** The key by which a spoke is known, from the moment it joined. */
export interface SpokeCredential {
  /** Ed25519, the raw bytes in base64url. */
  readonly publicKey: string;
  /** Comes into force, and ends the other one, with the first session that proves it. */
  readonly nextPublicKey?: string;
  /** The last keys that others have replaced, the newest first; at most three. Absent: none. */
  readonly former?: readonly FormerKey[];
  /** The id of the hub that it joined: what it signs for another one is not for this one. */
  readonly hub: string;
  /** UID of the kube-system namespace of the cluster that it joined from. */
  readonly clusterUid: string;
  readonly joinedAt: string;
  /** Absent: it may not connect before a person accepts it. */
  readonly acceptedAt?: string;
}

/** A key by which a spoke was known until another one came into force. */
export interface FormerKey {
  readonly publicKey: string;
  /** RFC 3339. */
  readonly replacedAt: string;
}

export const ALARM_KINDS = [
  'clone',
  'other_cluster',
  'join_token_reused',
  'untrusted_offer',
  'audit_contradicted',
] as const;

/**
 * What looks like somebody else in the name of a spoke, or of the hub; stays until a person accepts the spoke again.
 */
export interface SpokeAlarm {
  readonly kind: (typeof ALARM_KINDS)[number];
  readonly at: string;
  /** What happened and what to do. */
  readonly message: string;
}

export interface SpokeRevocation {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  /** The keys that are of no use any more. */
  readonly publicKeys: readonly string[];
}

/** One process of an agent that opened a session, and when it did so last. */
export interface AgentInstance {
  readonly instance: string;
  readonly at: string;
}

/** A token with which a spoke may join once. */
export interface JoinTokenRecord {
  /** SHA-256 of the token; the token itself is kept nowhere. */
  readonly hash: string;
  readonly spoke: string;
  /** Only this cluster may use it, and is accepted at once. Absent: any, and a person accepts it. */
  readonly clusterUid?: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** The public key that has used it; absent = nobody yet. */
  readonly usedBy?: string;
}

/** Changed only by who holds the lock of the spoke. */
export interface JoinTokenRepository {
  get(hash: string): Promise<JoinTokenRecord | undefined>;
  insert(token: JoinTokenRecord): Promise<Result<JoinTokenRecord, AlreadyExists>>;
  save(token: JoinTokenRecord): Promise<void>;
  /** The tokens of a spoke that nobody has used, expired or not, oldest first. */
  unusedOf(spoke: string): Promise<readonly JoinTokenRecord[]>;
  /** Takes out the tokens of a spoke that nobody has used. Answers how many there were. */
  removeUnused(spoke: string): Promise<number>;
  /** Takes out all tokens of a spoke, used or not. */
  removeOfSpoke(spoke: string): Promise<void>;
  /** Takes out every token that has expired before this instant (RFC 3339). */
  forgetBefore(instant: string): Promise<void>;
}

/** The session tokens that were shown, as long as they could be shown again. */
export interface SessionTokenRepository {
  /** Notes the token with this id of this spoke. False if it was noted before, by any replica. */
  use(token: SessionTokenUse): Promise<boolean>;
  /** Takes out every token that nobody accepts any more since before this instant (RFC 3339). */
  forgetBefore(instant: string): Promise<void>;
}

export interface SessionTokenUse {
  readonly spoke: string;
  readonly id: string;
  /** Until when it could be shown again. RFC 3339. */
  readonly keptUntil: string;
}

/** Who this hub is: all replicas on one store are one hub. */
export interface HubIdentityRepository {
  /** The id of this hub: this one, if it has none yet. */
  ensure(id: string): Promise<string>;
}
