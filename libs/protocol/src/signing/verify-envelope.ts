import { verify } from 'node:crypto';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { type DsseEnvelope, preAuthEncoding } from './dsse-envelope.js';
import type { PlanKey } from './plan-key.js';

/** Whose signatures count, and how many of them there have to be. */
export interface Signers {
  readonly keys: readonly PlanKey[];
  /** How many different keys have to have signed; 1 or more. */
  readonly threshold: number;
}

export interface SignatureRefusal {
  readonly code: 'payload_type' | 'not_base64' | 'signature';
  readonly message: string;
}

const SIGNATURE_BYTES = 64;

/**
 * The bytes that were signed, once enough of the signers have signed exactly them. Whoever reads them
 * reads these, and never the envelope again.
 */
export function verifyEnvelope(
  { payloadType, payload, signatures }: DsseEnvelope,
  expectedType: string,
  { keys, threshold }: Signers,
): Result<Uint8Array, SignatureRefusal> {
  if (payloadType !== expectedType) {
    return err({
      code: 'payload_type',
      message: `what is signed is of type ${JSON.stringify(payloadType)}, not ${expectedType}`,
    });
  }
  const bytes = fromBase64(payload);
  if (bytes === null) return err({ code: 'not_base64', message: 'the payload is not base64' });
  const signed = preAuthEncoding(expectedType, bytes);
  const found = new Set<string>();
  for (const { sig } of signatures) {
    const signature = fromBase64(sig);
    if (signature?.length !== SIGNATURE_BYTES) continue;
    const signer = keys.find(({ key }) => verify(null, signed, key, signature));
    if (signer !== undefined) found.add(signer.keyid);
  }
  // Fewer than one is nobody, whatever a configuration says.
  const needed = Math.max(1, threshold);
  if (found.size >= needed) return ok(bytes);
  return err({
    code: 'signature',
    message: `${found.size} of the ${needed} needed signatures by trusted keys are there`,
  });
}

/** Null for what is not the one way to write those bytes. */
export function fromBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
