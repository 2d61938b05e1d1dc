import { refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { formerKeysOf } from './former-keys.js';
import { lockClone } from './lock-clone.js';

/** How far the clock of a spoke may be from the hub's for its session tokens, in milliseconds. */
const TOKEN_SKEW_MS = 30_000;

/** A session token as it was read; worth nothing before it is authenticated. */
export interface ShownToken {
  readonly spoke: string;
  readonly hub: string;
  readonly id: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Whether the holder of this public key has signed it. */
  isSignedBy(publicKey: string): boolean;
}

/** A spoke that has shown a good token, and the key that signed it. */
export interface AuthenticatedSpoke {
  readonly spoke: string;
  readonly publicKey: string;
}

/**
 * Who shows this token. It is good once, in its own time, at this hub, for a spoke that was accepted and
 * is not revoked. The refusals tell nobody but the holder of a key which spokes exist. Who shows a key
 * that another one has replaced is an alarm: the spoke, or who has changed its key, is somebody else.
 */
export async function authenticateSpoke(
  context: Context,
  token: ShownToken,
): Promise<Result<AuthenticatedSpoke, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await unit.spokes.get(token.spoke);
    if (stored === undefined) return err(unauthenticated());
    const publicKey = signerOf(stored, token);
    if (publicKey === undefined) return err(await unknownSigner(context, unit, stored, token));
    if (token.hub !== stored.credential?.hub) return err(unauthenticated());
    const objection = untimely(token, context.clock.now()) ?? untrusted(stored);
    if (objection !== undefined) return err(objection);
    const keptUntil = new Date(token.expiresAt.getTime() + TOKEN_SKEW_MS).toISOString();
    const use = { spoke: token.spoke, id: token.id, keptUntil };
    if (!(await unit.sessionTokens.use(use))) return err(usedBefore());
    return ok({ spoke: token.spoke, publicKey });
  });
}

function signerOf({ credential }: SpokeRecord, token: ShownToken): string | undefined {
  const keys = [credential?.publicKey, credential?.nextPublicKey];
  return keys.find((key) => key !== undefined && token.isSignedBy(key));
}

/**
 * What comes of a token that no key of today has signed. One that a former key has signed, after it was
 * replaced, shows that two have keys of this spoke.
 */
async function unknownSigner(
  context: Context,
  unit: UnitOfWork,
  stored: SpokeRecord,
  token: ShownToken,
): Promise<Refusal> {
  if (token.hub !== stored.credential?.hub || stored.revoked) return unauthenticated();
  if (untimely(token, context.clock.now()) !== undefined) return unauthenticated();
  const former = formerKeysOf(stored.credential).find((key) => token.isSignedBy(key.publicKey));
  if (former === undefined || isFromBefore(token, former.replacedAt)) return unauthenticated();
  const { name } = stored;
  const spoke = await unit.spokes.lock(name);
  const isIn = spoke?.credential?.acceptedAt !== undefined && !spoke.revoked;
  if (
    isIn &&
    formerKeysOf(spoke.credential).some(({ publicKey }) => publicKey === former.publicKey)
  ) {
    await lockClone(context, unit, spoke, {
      message: `a key of spoke ${name} that another one has replaced is still in use, so one of the two who have its keys is not the spoke; revoke it, delete its folder identity and let it join with a new token`,
      detail: { publicKey: former.publicKey, replacedAt: former.replacedAt },
    });
  }
  return refusal(
    'spoke/unauthenticated',
    `another key has replaced this one as the key of spoke ${name}, which is let in with neither until somebody has looked; if this is the spoke, delete its folder identity and let it join with a new token`,
  );
}

/** What the spoke has signed before it changed its key may come after that. */
function isFromBefore({ issuedAt }: ShownToken, replacedAt: string): boolean {
  return issuedAt.getTime() - Date.parse(replacedAt) <= TOKEN_SKEW_MS;
}

/** Why a spoke whose key is proven may not come in. */
export function untrusted({ name, credential, revoked }: SpokeRecord): Refusal | undefined {
  if (credential?.acceptedAt === undefined) {
    const detail = `spoke ${name} has joined and is not accepted; a person has to accept it (POST /api/v1/spokes/${name}/accept)`;
    return refusal('spoke/not_accepted', detail);
  }
  return revoked
    ? refusal(
        'spoke/revoked',
        `spoke ${name} is revoked; it needs another key and a new join token`,
      )
    : undefined;
}

function untimely({ issuedAt, expiresAt }: ShownToken, now: Date): Refusal | undefined {
  const isEarly = issuedAt.getTime() - now.getTime() > TOKEN_SKEW_MS;
  const isLate = now.getTime() - expiresAt.getTime() > TOKEN_SKEW_MS;
  if (!isEarly && !isLate) return undefined;
  const [serverTime, from, until] = [now, issuedAt, expiresAt].map((at) => at.toISOString());
  const detail = `the session token is good from ${from} to ${until}, and it is ${serverTime} here; clocks may differ by ${TOKEN_SKEW_MS / 1000} s: sign a new one, and set the clock of the spoke`;
  return refusal('spoke/token_untimely', detail, { data: { serverTime: serverTime ?? null } });
}

export function unauthenticated(): Refusal {
  return refusal(
    'spoke/unauthenticated',
    'the session token is not signed by the key of a spoke of this hub; if the spoke is new here, give it a join token (POST /api/v1/join-tokens)',
  );
}

function usedBefore(): Refusal {
  return refusal(
    'spoke/token_used',
    'the session token was used before; sign a new one for every connection and every request',
  );
}
