import { type Environment, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { SpokeHello, SpokeRecord } from '../ports/records.js';
import type { SpokeCredential } from '../ports/trust-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import {
  type AuthenticatedSpoke,
  unauthenticated,
  untrusted,
} from '../trust/authenticate-spoke.js';
import { withNextInForce } from '../trust/former-keys.js';
import { lockClone } from '../trust/lock-clone.js';
import { noteInstance } from '../trust/note-instance.js';
import { raiseAlarm } from '../trust/raise-alarm.js';
import { markChangedCapabilities } from './capabilities.js';
import { markOpenWork } from './mark-open-work.js';
import { pauseRunsOf } from './note-runs.js';
import { withSight } from './sight.js';

/** A spoke's admitted connection. Its epoch fences every write it makes. */
export interface SpokeSession {
  readonly spoke: string;
  readonly environment: Environment['name'];
  readonly epoch: number;
}

/**
 * Opens a session: the epoch rises, so an older session of this spoke can write no more. The first
 * session with the next key ends the key before. `skewMs`: how far its clock is ahead of the hub's.
 */
export async function openSession(
  context: Context,
  { spoke, publicKey }: AuthenticatedSpoke,
  hello: SpokeHello,
  skewMs?: number,
): Promise<Result<SpokeSession, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await unit.spokes.lock(spoke);
    const now = context.clock.now();
    const credential = stored === undefined ? undefined : credentialOf(stored, publicKey, now);
    if (stored === undefined || credential === undefined) return err(unauthenticated());
    const objection = untrusted(stored);
    if (objection !== undefined) return err(objection);
    if (credential.clusterUid !== hello.clusterUid) {
      return refuseOtherCluster(context, unit, stored, hello);
    }
    const seen = noteInstance(stored.instances ?? [], hello.agentInstance, now);
    if (seen.isClone) return refuseClone(context, unit, stored, hello);
    await pauseRunsOf(unit, stored);
    const epoch = stored.epoch + 1;
    await unit.spokes.save({
      ...stored,
      ...(skewMs !== undefined && { clockSkewMs: skewMs }),
      epoch,
      credential,
      instances: seen.instances,
      hello: withSight(hello, stored.hello?.sight),
      connected: true,
      lastSeenAt: now.toISOString(),
    });
    await markOpenWork(unit, spoke);
    await markChangedCapabilities(unit, stored, hello);
    await recordOpening(context, unit, { stored, hello, epoch, publicKey });
    return ok({ spoke, environment: stored.environment, epoch });
  });
}

/** The spoke's credential as it stands once a session of this key is open; absent: not its key. */
function credentialOf(
  { credential }: SpokeRecord,
  publicKey: string,
  now: Date,
): SpokeCredential | undefined {
  if (credential === undefined || credential.publicKey === publicKey) return credential;
  return credential.nextPublicKey === publicKey ? withNextInForce(credential, now) : undefined;
}

async function recordOpening(
  context: Context,
  unit: UnitOfWork,
  opening: {
    readonly stored: SpokeRecord;
    readonly hello: SpokeHello;
    readonly epoch: number;
    readonly publicKey: string;
  },
): Promise<void> {
  const { stored, hello, epoch, publicKey } = opening;
  const who = spokeItself(stored);
  const subject = `spoke/${stored.name}`;
  if (stored.credential?.publicKey !== publicKey) {
    const detail = { publicKey, before: stored.credential?.publicKey ?? null };
    await record(context, unit, who, { action: 'spoke.key_changed', subject, detail });
  }
  const { clusterUid, agentVersion } = hello;
  await record(context, unit, who, {
    action: 'spoke.connect',
    subject,
    detail: { epoch, clusterUid, agentVersion },
  });
}

function spokeItself({ name }: SpokeRecord): Principal {
  return { kind: 'spoke', name, roles: [] };
}

/** One key, two clusters: a copy of the key, or a cluster that was made anew. A person decides. */
async function refuseOtherCluster(
  context: Context,
  unit: UnitOfWork,
  spoke: SpokeRecord,
  hello: SpokeHello,
): Promise<Result<never, Refusal>> {
  const { name, credential } = spoke;
  const known = credential?.clusterUid ?? '';
  await raiseAlarm(context, unit, spoke, {
    by: spokeItself(spoke),
    kind: 'other_cluster',
    message: `the key of spoke ${name} came from the cluster ${hello.clusterUid}, and it joined from ${known}; find out who has the key. If it is not this spoke: revoke it and make a new join token`,
    detail: { known, said: hello.clusterUid },
  });
  return err(
    refusal(
      'spoke/other_cluster',
      `spoke ${name} belongs to another cluster; make a new join token for it to move (POST /api/v1/join-tokens)`,
    ),
  );
}

/** Neither of the two is heard any more before a person has looked. */
async function refuseClone(
  context: Context,
  unit: UnitOfWork,
  spoke: SpokeRecord,
  { agentInstance, clusterUid }: SpokeHello,
): Promise<Result<never, Refusal>> {
  const { name } = spoke;
  await lockClone(context, unit, spoke, {
    message: `two agents with the key of spoke ${name} keep taking the session from each other; stop one of them and accept the spoke again, or revoke it if you do not know the other`,
    detail: { agentInstance, clusterUid },
  });
  return err(
    refusal(
      'spoke/not_accepted',
      `two agents use the key of spoke ${name}, so neither is let in; stop one of them, then accept the spoke again (POST /api/v1/spokes/${name}/accept)`,
    ),
  );
}

/**
 * Notes that a session's connection is gone. A newer session is not touched. The spoke stays seen when it
 * was last heard, `heardAt` if that is later than what is stored: that nobody hears it any more is no
 * word of its own, and how long it has been silent counts from the last one.
 */
export async function closeSession(
  context: Context,
  session: SpokeSession,
  heardAt?: string,
): Promise<void> {
  await context.store.transact(async (unit) => {
    const stored = await unit.spokes.lock(session.spoke);
    if (stored?.epoch !== session.epoch || !stored.connected) return;
    const left = { ...heardBy(stored, heardAt), connected: false };
    await pauseRunsOf(unit, left);
    await unit.spokes.save(left);
    await markOpenWork(unit, session.spoke);
    await record(
      context,
      unit,
      { kind: 'spoke', name: session.spoke, roles: [] },
      {
        action: 'spoke.disconnect',
        subject: `spoke/${session.spoke}`,
        detail: { epoch: session.epoch },
      },
    );
  });
}

/** What is stored may be some seconds behind the replica that holds the connection. */
function heardBy(stored: SpokeRecord, heardAt: string | undefined): SpokeRecord {
  if (heardAt === undefined) return stored;
  const known = Date.parse(stored.lastSeenAt ?? heardAt);
  return Date.parse(heardAt) < known ? stored : { ...stored, lastSeenAt: heardAt };
}

/** The spoke's record, locked, if the session is still its newest; else a refusal. */
export async function fenced(
  unit: UnitOfWork,
  { spoke, epoch }: SpokeSession,
): Promise<Result<SpokeRecord, Refusal>> {
  const stored = await unit.spokes.lock(spoke);
  if (stored === undefined || stored.epoch !== epoch) {
    return err(refusal('spoke/superseded', `a newer session of spoke ${spoke} has taken over`));
  }
  return stored.revoked ? err(refusal('spoke/revoked', `spoke ${spoke} is revoked`)) : ok(stored);
}
