import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result, sha256Hex } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { KeySetContent, KeySetRecord } from '../ports/key-sets.js';
import { stranger } from '../ports/principal.js';
import type { SpokeRecord } from '../ports/records.js';
import type { JoinTokenRecord, SpokeCredential } from '../ports/trust-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { markOpenWork } from '../spokes/mark-open-work.js';
import { pauseRunsOf } from '../spokes/note-runs.js';
import { raiseAlarm } from './raise-alarm.js';

export interface JoinDemand {
  readonly token: string;
  /** Of which the spoke has proven that it holds the other half. */
  readonly publicKey: string;
  readonly clusterUid: string;
  /** Ties the audit entry to the request. */
  readonly requestId?: string;
}

export interface JoinedSpoke {
  readonly spoke: string;
  readonly environment: string;
  /** The id of this hub. */
  readonly hub: string;
  readonly accepted: boolean;
  /** Whose signatures are to count for it, if it knows of none; absent: there is no key set. */
  readonly keySet?: KeySetContent;
}

/**
 * Makes a key the key of the spoke that the token is for, once; whoever was connected with another one is
 * no more. As long as the token lives, the same key may ask again, should it not have got the answer. A
 * token that another key has used is refused and raises an alarm.
 */
export async function joinSpoke(
  context: Context,
  demand: JoinDemand,
): Promise<Result<JoinedSpoke, Refusal>> {
  const hash = sha256Hex(demand.token);
  return context.store.transact(async (unit) => {
    const spokeName = (await unit.joinTokens.get(hash))?.spoke;
    if (spokeName === undefined) return err(notJoined());
    const spoke = await unit.spokes.lock(spokeName);
    const token = await unit.joinTokens.get(hash);
    if (spoke === undefined || token === undefined) return err(notJoined());
    if (Date.parse(token.expiresAt) <= context.clock.now().getTime()) return err(notJoined());
    if (await unit.keySets.names(demand.publicKey)) return err(keyOfHub());
    const refused = await objectionTo(context, unit, { spoke, token, demand });
    if (refused !== undefined) return err(refused);
    const credential =
      token.usedBy === undefined
        ? await useToken(context, unit, { spoke, token, demand })
        : spoke.credential;
    const newest = await unit.keySets.newest();
    return ok({
      ...{ spoke: spoke.name, environment: spoke.environment, hub: credential?.hub ?? '' },
      accepted: credential?.acceptedAt !== undefined,
      ...(newest !== undefined && { keySet: contentOf(newest) }),
    });
  });
}

function contentOf({ version, threshold, keys, expiresAt }: KeySetRecord): KeySetContent {
  return { version, threshold, keys, ...(expiresAt !== undefined && { expiresAt }) };
}

/** What signs plans for spokes must not be what vouches for one of them. */
export function keyOfHub(): Refusal {
  return refusal(
    'spoke/key_in_use',
    'this key signs plans, or did; one key has one purpose: delete it from the working directory of the spoke, which then makes another one',
  );
}

/** Says the same of a token that never was and of one whose time is over. */
function notJoined(): Refusal {
  return refusal(
    'spoke/join_refused',
    'the join token is not valid, or was not used within an hour; make a new one (POST /api/v1/join-tokens)',
  );
}

/** Why the token does not let this key in. */
async function objectionTo(
  context: Context,
  unit: UnitOfWork,
  { spoke, token, demand: { publicKey, clusterUid, requestId } }: TokenUse,
): Promise<Refusal | undefined> {
  const { name } = spoke;
  if (spoke.revocation?.publicKeys.includes(publicKey) === true) {
    const detail = `the key of spoke ${name} is revoked; delete it from the working directory of the spoke, which then makes another one, and join with a new token`;
    return refusal('spoke/revoked', detail);
  }
  if (token.usedBy !== undefined && token.usedBy !== publicKey) {
    const message = `a join token of spoke ${name} that was used came again with another key; find out who has it. If it was not the spoke that joined first: revoke the spoke and make a new token`;
    await raiseAlarm(context, unit, spoke, {
      by: stranger(requestId),
      kind: 'join_token_reused',
      message,
      detail: { publicKey, clusterUid },
    });
    const detail = `the join token was used already, with another key; make a new one for spoke ${name} (POST /api/v1/join-tokens)`;
    return refusal('spoke/join_token_used', detail);
  }
  const wanted = token.usedBy === undefined ? token.clusterUid : spoke.credential?.clusterUid;
  if (wanted !== undefined && wanted !== clusterUid) {
    const message = `a join token of spoke ${name} came from the cluster ${clusterUid}, and it is for ${wanted}; find out who has it`;
    await raiseAlarm(context, unit, spoke, {
      by: stranger(requestId),
      kind: 'other_cluster',
      message,
      detail: { known: wanted, said: clusterUid },
    });
    const detail = `the join token is for another cluster; make one for the cluster ${clusterUid} (POST /api/v1/join-tokens)`;
    return refusal('spoke/other_cluster', detail);
  }
  // A newer token has been used since: the key of this one is not the spoke's any more.
  const isReplaced = token.usedBy !== undefined && !knowsKey(spoke, publicKey);
  return isReplaced ? notJoined() : undefined;
}

function knowsKey({ credential }: SpokeRecord, publicKey: string): boolean {
  return credential?.publicKey === publicKey || credential?.nextPublicKey === publicKey;
}

interface TokenUse {
  readonly spoke: SpokeRecord;
  readonly token: JoinTokenRecord;
  readonly demand: JoinDemand;
}

async function useToken(
  context: Context,
  unit: UnitOfWork,
  { spoke, token, demand: { publicKey, clusterUid, requestId } }: TokenUse,
): Promise<SpokeCredential> {
  const at = context.clock.now().toISOString();
  await unit.joinTokens.save({ ...token, usedBy: publicKey });
  const credential: SpokeCredential = {
    ...{ publicKey, hub: await unit.hubIdentity.ensure(context.ids.next()), clusterUid },
    joinedAt: at,
    ...acceptance(spoke, token, { publicKey, clusterUid, at }),
  };
  await pauseRunsOf(unit, spoke);
  await unit.spokes.save(joinedAs(spoke, credential));
  await markOpenWork(unit, spoke.name);
  await record(
    context,
    unit,
    { kind: 'spoke', name: spoke.name, roles: [], ...(requestId !== undefined && { requestId }) },
    {
      action: 'spoke.join',
      subject: `spoke/${spoke.name}`,
      detail: { publicKey, clusterUid, accepted: credential.acceptedAt !== undefined },
    },
  );
  return credential;
}

/** A cluster that a person has named is accepted, and so is one that joins again as it was accepted. */
function acceptance(
  { credential, revoked }: SpokeRecord,
  token: JoinTokenRecord,
  { publicKey, clusterUid, at }: { publicKey: string; clusterUid: string; at: string },
): Pick<SpokeCredential, 'acceptedAt'> {
  const isSame = credential?.publicKey === publicKey && credential.clusterUid === clusterUid;
  const before = isSame && !revoked ? credential.acceptedAt : undefined;
  const acceptedAt = token.clusterUid === undefined ? before : at;
  return acceptedAt === undefined ? {} : { acceptedAt };
}

/** Sessions of the key before end. What another cluster has told is not this one's. */
function joinedAs(spoke: SpokeRecord, credential: SpokeCredential): SpokeRecord {
  const { hello, stateAt, stateGeneration, alarm, instances: _, ...rest } = spoke;
  const isSameCluster = spoke.credential?.clusterUid === credential.clusterUid;
  const told = { hello, stateAt, stateGeneration };
  const isIn = credential.acceptedAt !== undefined;
  return {
    ...rest,
    ...(isSameCluster && given(told)),
    ...(isIn ? { revoked: false } : given({ alarm })),
    credential,
    // Where no session ever was, there is none to end.
    epoch: spoke.epoch === 0 ? 0 : spoke.epoch + 1,
    connected: false,
  };
}

/** Without the members that are absent. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
