import type { KeySetContent, PlanSigner } from '@apollo-deploy/orchestration';

/** Why this replica sends nothing to spokes that go by this key set, and what to do; null: it does. */
export function tooFewKeys(
  signer: PlanSigner | undefined,
  { version, threshold, keys }: Pick<KeySetContent, 'version' | 'threshold' | 'keys'>,
): string | null {
  const held = keys.filter(({ keyId }) => signer?.keyIds.includes(keyId) === true).length;
  if (held >= threshold) return null;
  return `key set ${version} needs ${threshold} of its keys, and this replica has ${held}: it sends no plans to spokes that go by it; give it the keys (APOLLO_SIGNING_KEY_FILE) and start it anew, or sign the next key set (POST /api/v1/key-sets)`;
}
