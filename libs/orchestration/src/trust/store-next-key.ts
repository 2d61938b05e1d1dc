import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { changesTooOften } from './former-keys.js';
import { keyOfHub } from './join-spoke.js';
import { lockClone } from './lock-clone.js';
import { fenced, type SpokeSession } from '../spokes/spoke-session.js';

const CURE = 'revoke the spoke, delete its folder identity and let it join with a new token';

/** As whom, and at which hub, a spoke is known by which key. */
export interface KnownSpokeKey {
  readonly spoke: string;
  readonly hub: string;
  readonly publicKey: string;
}

/** The key that a spoke wants to be known by next. */
export interface NextKey {
  readonly publicKey: string;
  /** Whether the holder of the known key and of the next one offers it. */
  isOfferedBy(known: KnownSpokeKey): boolean;
}

/**
 * Keeps a key beside the one the spoke is known by, if the holder of both offers it. Both are good until
 * a session proves the next one. Told again, and with another key instead, it is kept as well. A fourth
 * change within a day is an alarm: nobody makes the hub forget the keys of before.
 */
export async function storeNextKey(
  context: Context,
  session: SpokeSession,
  next: NextKey,
): Promise<Result<void, Refusal>> {
  const { publicKey } = next;
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const { credential } = spoke.value;
    if (credential === undefined) return err(badOffer());
    const { hub } = credential;
    const known = { spoke: session.spoke, hub, publicKey: credential.publicKey };
    if (!next.isOfferedBy(known)) return err(badOffer());
    const isKnown = [credential.publicKey, credential.nextPublicKey].includes(publicKey);
    if (isKnown) return ok(undefined);
    if (await unit.keySets.names(publicKey)) return err(keyOfHub());
    if (changesTooOften(credential, context.clock.now())) {
      await lockClone(context, unit, spoke.value, {
        message: `the key of spoke ${session.spoke} changes more often than a spoke changes it, as by somebody who wants the keys of before to be forgotten; ${CURE}`,
        detail: { publicKey: credential.publicKey, next: publicKey },
      });
      return err(tooOften(session.spoke));
    }
    const kept = { ...credential, nextPublicKey: publicKey };
    await unit.spokes.save({ ...spoke.value, credential: kept });
    await record(
      context,
      unit,
      { kind: 'spoke', name: session.spoke, roles: [] },
      { action: 'spoke.next_key', subject: `spoke/${session.spoke}`, detail: { publicKey } },
    );
    return ok(undefined);
  });
}

function badOffer(): Refusal {
  const detail =
    'the next key was not offered by the holder of the key that the hub knows; if it stays so, let the spoke join anew';
  return refusal('spoke/unauthenticated', detail);
}

function tooOften(spoke: string): Refusal {
  const detail = `the key of spoke ${spoke} was changed three times within a day, as by somebody who wants the keys of before to be forgotten, and it is let in no more; ${CURE}`;
  return refusal('spoke/not_accepted', detail);
}
