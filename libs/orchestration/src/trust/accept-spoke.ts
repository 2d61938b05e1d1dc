import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { SpokeRecord } from '../ports/records.js';
import { markOpenWork } from '../spokes/mark-open-work.js';
import { spokeNotFound } from './spoke-not-found.js';

export interface Acceptance {
  readonly name: string;
  /** The public key that the person has looked at; absent: whichever has joined. */
  readonly publicKey?: string;
}

/**
 * A person vouches for the spoke that has joined: its key may connect from now on, and alarms are dealt
 * with. A spoke that was accepted, and has raised no alarm, stays as it is.
 */
export async function acceptSpoke(
  context: Context,
  principal: Principal,
  { name, publicKey }: Acceptance,
): Promise<Result<SpokeRecord, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await unit.spokes.lock(name);
    if (stored === undefined) return err(spokeNotFound(name));
    const objection = objectionTo(stored, publicKey);
    if (objection !== undefined) return err(objection);
    const { credential, alarm, instances: _, ...rest } = stored;
    if (credential === undefined) return err(notJoined(name));
    const isAccepted = credential.acceptedAt !== undefined && !stored.revoked;
    if (isAccepted && alarm === undefined) return ok(stored);
    const acceptedAt = context.clock.now().toISOString();
    const accepted = { ...rest, revoked: false, credential: { ...credential, acceptedAt } };
    await unit.spokes.save(accepted);
    await markOpenWork(unit, name);
    await record(context, unit, principal, {
      action: 'spoke.accept',
      subject: `spoke/${name}`,
      detail: {
        ...{ publicKey: credential.publicKey, clusterUid: credential.clusterUid },
        ...(alarm !== undefined && { alarm: alarm.kind }),
      },
    });
    return ok(accepted);
  });
}

function objectionTo(
  { name, credential, revocation }: SpokeRecord,
  publicKey: string | undefined,
): Refusal | undefined {
  if (credential === undefined) return notJoined(name);
  if (revocation?.publicKeys.includes(credential.publicKey) === true) {
    const detail = `the key of spoke ${name} is revoked; make a new join token, and let it join with another key`;
    return refusal('spoke/revoked', detail);
  }
  if (publicKey === undefined || publicKey === credential.publicKey) return undefined;
  const detail = `spoke ${name} has joined with another key than the one you looked at; look at the spoke again (GET /api/v1/spokes/${name})`;
  return refusal('spoke/other_key', detail, { field: 'publicKey' });
}

function notJoined(name: string): Refusal {
  const detail = `spoke ${name} has not joined; start it with a join token first (POST /api/v1/join-tokens)`;
  return refusal('spoke/not_joined', detail);
}
