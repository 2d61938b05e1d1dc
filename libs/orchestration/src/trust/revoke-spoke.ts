import { type Refusal, refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { SpokeRecord } from '../ports/records.js';
import { markOpenWork } from '../spokes/mark-open-work.js';
import { pauseRunsOf } from '../spokes/note-runs.js';
import { formerKeysOf } from './former-keys.js';
import { spokeNotFound } from './spoke-not-found.js';

export interface Revocation {
  readonly name: string;
  readonly reason: string;
}

const SHORTEST_REASON = 3;

/**
 * Takes the trust from a spoke: its keys and its unused join tokens are of no use any more, every replica
 * closes its connection, nothing that waits for it goes out, and nothing it still says is kept. A plan
 * that it executes stays until a person says how it ended.
 */
export async function revokeSpoke(
  context: Context,
  principal: Principal,
  { name, reason }: Revocation,
): Promise<Result<SpokeRecord, Refusal>> {
  if (reason.trim().length < SHORTEST_REASON) {
    const detail = `reason is ${JSON.stringify(reason)}; say in a few words why the spoke is not to be trusted`;
    return err(refusal('catalog/invalid_field', detail, { field: 'reason' }));
  }
  return context.store.transact(async (unit) => {
    const stored = await unit.spokes.lock(name);
    if (stored === undefined) return err(spokeNotFound(name));
    if (isRevokedAlready(stored)) return ok(stored);
    const revoked = withoutTrust(stored, {
      at: context.clock.now().toISOString(),
      by: principal.name,
      reason: reason.trim(),
    });
    await pauseRunsOf(unit, stored);
    await unit.spokes.save(revoked);
    await unit.joinTokens.removeOfSpoke(name);
    await markOpenWork(unit, name);
    await record(context, unit, principal, {
      action: 'spoke.revoke',
      subject: `spoke/${name}`,
      detail: { reason: reason.trim(), publicKeys: revoked.revocation?.publicKeys ?? [] },
    });
    return ok(revoked);
  });
}

/** Unless it has joined with another key since. */
function isRevokedAlready({ revoked, revocation, credential }: SpokeRecord): boolean {
  const keys = revocation?.publicKeys ?? [];
  return revoked && (credential === undefined || keys.includes(credential.publicKey));
}

function withoutTrust(
  spoke: SpokeRecord,
  said: { readonly at: string; readonly by: string; readonly reason: string },
): SpokeRecord {
  const { credential, revocation } = spoke;
  const { publicKey, nextPublicKey } = credential ?? {};
  const former = formerKeysOf(credential).map((key) => key.publicKey);
  const keys = [...(revocation?.publicKeys ?? []), publicKey, nextPublicKey, ...former];
  const publicKeys = [...new Set(keys.filter((key) => key !== undefined))];
  return {
    ...spoke,
    revoked: true,
    revocation: { ...said, publicKeys },
    epoch: spoke.epoch + 1,
    connected: false,
  };
}
