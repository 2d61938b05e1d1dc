import type { FormerKey, SpokeCredential } from '../ports/trust-repositories.js';

/** So many keys of before are known, the newest. */
const KEPT = 3;
/** As many changes as there are keys kept take longer than this, in milliseconds: a key lives for a day at least. */
const LEAST_SPAN_MS = 24 * 60 * 60 * 1000;

/** The credential once its next key is in force; the key before becomes a former one. */
export function withNextInForce(
  { nextPublicKey, ...credential }: SpokeCredential,
  now: Date,
): SpokeCredential {
  if (nextPublicKey === undefined) return credential;
  const { publicKey, former = [] } = credential;
  const replaced = { publicKey, replacedAt: now.toISOString() };
  return { ...credential, publicKey: nextPublicKey, former: [replaced, ...former].slice(0, KEPT) };
}

/** The former keys; the newest first. */
export function formerKeysOf(credential: SpokeCredential | undefined): readonly FormerKey[] {
  return credential?.former ?? [];
}

/** Whether another change would make the hub forget a key that was in force within a day. */
export function changesTooOften(credential: SpokeCredential, now: Date): boolean {
  const oldest = formerKeysOf(credential)[KEPT - 1];
  return oldest !== undefined && now.getTime() - Date.parse(oldest.replacedAt) < LEAST_SPAN_MS;
}
