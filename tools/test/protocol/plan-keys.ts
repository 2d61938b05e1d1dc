import { generateKeyPairSync } from 'node:crypto';
import { type PlanKey, privateKeyFrom } from '@apollo-deploy/protocol';

/** A key that nobody has used before. */
export function aPlanKey(): PlanKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const read = privateKeyFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (!read.ok) throw new Error(read.error);
  return read.value;
}
