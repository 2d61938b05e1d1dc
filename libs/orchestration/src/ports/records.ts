import type { Json } from '@apollo-deploy/kernel';
import type { KeyTrust } from './key-sets.js';
import type { Principal } from './principal.js';
import type {
  AgentInstance,
  SpokeAlarm,
  SpokeCredential,
  SpokeRevocation,
} from './trust-repositories.js';

/** A spoke as the hub keeps it. */
export interface SpokeRecord {
  readonly name: string;
  readonly environment: string;
  /** Absent: it has not joined. */
  readonly credential?: SpokeCredential;
  /** Absent: nothing is suspicious. */
  readonly alarm?: SpokeAlarm;
  /** The processes that opened its newest sessions, the newest last; absent: none yet. */
  readonly instances?: readonly AgentInstance[];
  readonly revoked: boolean;
  /** How it was last revoked: its keys of then never join again. */
  readonly revocation?: SpokeRevocation;
  /** How many plans may execute on it at once; absent = the default (`maxConcurrentOf`). */
  readonly maxConcurrent?: number;
  /** Rises with every admitted connection and fences every write of a session. 0 = never admitted. */
  readonly epoch: number;
  /** False while no session is open, as far as the hub has noticed. */
  readonly connected: boolean;
  readonly lastSeenAt?: string;
  /** How far its clock was ahead of the hub's when that last changed much; negative = behind. */
  readonly clockSkewMs?: number;
  readonly hello?: SpokeHello;
  /** The session in which the spoke last said everything; absent = it never did. */
  readonly stateEpoch?: number;
  /** The session in which it last told what its ledger holds; absent = it never did. */
  readonly ledgerEpoch?: number;
  /** Number of the newest state that is stored; absent = none yet. */
  readonly stateGeneration?: number;
  /** When the stored state was last known to be true. */
  readonly stateAt?: string;
  /** Plans that it has carried out and this hub does not know, the newest first; absent if none. */
  readonly unknownPlans?: readonly UnknownPlan[];
  /** Releases of entities whose ledger was lost, as it said last; absent if none. */
  readonly lostLedgers?: readonly LostLedger[];
  readonly createdAt: string;
}

/** A plan of which only the ledger in a cluster knows: the hub was restored from an older backup. */
export interface UnknownPlan {
  readonly planId: string;
  readonly namespace: string;
  readonly releaseName: string;
  readonly verdict: 'succeeded' | 'failed' | 'declined' | 'unknown';
  /** When the verdict was given, by the clock of the spoke. */
  readonly at: string;
}

/** A release that a plan has brought, and of which the ledger in its cluster knows nothing. */
export interface LostLedger {
  readonly namespace: string;
  readonly releaseName: string;
  /** The plan that brought what runs. */
  readonly planId: string;
  /** When this hub first heard of it. RFC 3339. */
  readonly since: string;
}

/** The namespaces in which a spoke looks at releases, where its account may not see all of them. */
export interface SpokeSight {
  readonly seen: readonly string[];
  /** It is to look there as well, and may not. */
  readonly unseen: readonly string[];
}

/** What a spoke said of itself when it connected, and since. */
export interface SpokeHello {
  readonly agentVersion: string;
  readonly agentInstance: string;
  readonly clusterUid: string;
  readonly helmVersion: string;
  readonly kubernetesVersion: string;
  readonly capabilities: readonly string[];
  readonly simulated: boolean;
  /** Whose signatures it goes by, as it said last; absent = nobody's, or it does not tell. */
  readonly trusts?: KeyTrust;
  /** As its newest full report said; absent = it sees the whole cluster. */
  readonly sight?: SpokeSight;
  /** Since when it says in its session that it cannot see its cluster; absent = it can. */
  readonly blindSince?: string;
}

/** The last ExpectedStateK8s of one release on one spoke. */
export interface ReleaseStateRecord {
  readonly spoke: string;
  readonly namespace: string;
  readonly releaseName: string;
  /** Digest of `report` without its time: an unchanged report writes nothing. */
  readonly digest: string;
  /** The report as the protocol shapes it. */
  readonly report: Readonly<Record<string, Json>>;
}

/**
 * What is read of a release state to evaluate by: its report need not hold objects, pods, and more than
 * the first drift, which are most of it.
 */
export type ReleaseSummary = Omit<ReleaseStateRecord, 'report'> & { readonly report: object };

/** A message that waits for a spoke's acknowledgement. */
export interface OutboxMessage {
  /** Also the id on the wire. */
  readonly id: string;
  readonly spoke: string;
  readonly type: 'plan.offer' | 'plan.cancel';
  readonly planId: string;
  readonly payload: Readonly<Record<string, Json>>;
  readonly createdAt: string;
}

/** One line of the audit trail. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly actorKind: Principal['kind'];
  /** Verb and noun, such as `release.register`. */
  readonly action: string;
  /** What it was done to, such as `plan/01J…`. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, Json>>;
  readonly requestId?: string;
}

/** What the last evaluation of an entity said. */
export interface EvaluationRecord {
  readonly entity: string;
  readonly at: string;
  readonly code: string;
  readonly why: string;
  readonly target: { readonly version: string | null; readonly reason: string };
  /** Content that runs as desired and Healthy, and is to prove itself. */
  readonly settling?: Settling;
  /** What it runs is to prove itself once its spoke, which is away, is back. */
  readonly awaitsSpoke?: boolean;
  /** When time alone may change the answer; absent if it cannot. RFC 3339. */
  readonly recheckAt?: string;
}

/** Since when content has been seen Healthy without a break. */
export interface Settling {
  readonly contentKey: string;
  /** RFC 3339. */
  readonly since: string;
  /** The spoke's session that saw it: a new one begins anew, as nobody looked in between. */
  readonly epoch: number;
}

/** A POST that was answered under an idempotency key. */
export interface IdempotencyRecord {
  readonly principal: string;
  readonly key: string;
  /** SHA-256 of method, path and body. */
  readonly requestDigest: string;
  /** From 200 to 299; any other is of a request that has no answer yet (`keepRequest`). */
  readonly status: number;
  readonly body: Json;
  /** What of its headers belongs to the answer. Absent: nothing, or an older version kept it. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly createdAt: string;
}
