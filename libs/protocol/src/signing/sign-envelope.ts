import { sign } from 'node:crypto';
import { type DsseEnvelope, preAuthEncoding } from './dsse-envelope.js';
import type { PlanKey } from './plan-key.js';

/** Signs the bytes with every key given. */
export function signEnvelope(
  payloadType: string,
  payload: Uint8Array,
  keys: readonly PlanKey[],
): DsseEnvelope {
  const signed = preAuthEncoding(payloadType, payload);
  return {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: keys.map(({ key, keyid }) => ({
      keyid,
      sig: sign(null, signed, key).toString('base64'),
    })),
  };
}
