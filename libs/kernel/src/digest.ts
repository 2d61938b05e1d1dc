import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, type Json } from './canonical-json.js';

/** SHA-256 of bytes, or of a text's UTF-8 bytes, as 64 lowercase hexadecimal digits. */
export function sha256Hex(content: Uint8Array | string): string {
  return bytesToHex(sha256(typeof content === 'string' ? utf8ToBytes(content) : content));
}

/** The identity of a JSON value: SHA-256 of its canonical text (RFC 8785), in hexadecimal. */
export function jsonDigest(value: Json): string {
  return sha256Hex(canonicalJson(value));
}
