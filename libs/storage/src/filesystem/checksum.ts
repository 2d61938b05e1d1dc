import { createHash } from 'node:crypto';

/** Bytes of a check value. */
export const CHECK_BYTES = 16;

/** The first 128 bits of the SHA-256: no flipped bit or torn write goes unnoticed. */
export function checkOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, CHECK_BYTES);
}

/** The whole SHA-256, in hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
