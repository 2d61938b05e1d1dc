import type { Context, KeySetContent, KeyTrust, PlanSigner } from '@apollo-deploy/orchestration';

type CountingKeys = Pick<KeySetContent, 'version' | 'threshold'> & {
  readonly keys: readonly { readonly keyId: string }[];
};

/** Why this replica sends nothing to spokes that go by this key set, and what to do; null: it does. */
export function tooFewKeys(
  signer: PlanSigner | undefined,
  { version, threshold, keys }: CountingKeys,
): string | null {
  const held = keys.filter(({ keyId }) => signer?.keyIds.includes(keyId) === true).length;
  if (held >= threshold) return null;
  return `key set ${version} needs ${threshold} of its keys, and this replica has ${held}: it sends no plans to spokes that go by it; give it the keys (APOLLO_SIGNING_KEY_FILE) and start it anew, or sign the next key set (POST /api/v1/key-sets)`;
}

/** The same of a spoke that says which keys it goes by, which may have ended as well. */
export function cannotSignFor(
  { signer, clock }: Pick<Context, 'signer' | 'clock'>,
  { version, threshold, keyIds, expiresAt }: KeyTrust,
): string | null {
  if (expiresAt !== undefined && Date.parse(expiresAt) <= clock.now().getTime()) {
    return `key set ${version} counted until ${expiresAt}: no plans are sent to spokes that go by it; sign the next key set (POST /api/v1/key-sets)`;
  }
  return tooFewKeys(signer, { version, threshold, keys: keyIds.map((keyId) => ({ keyId })) });
}
