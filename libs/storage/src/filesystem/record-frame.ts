import { CHECK_BYTES, checkOf } from './checksum.js';

/** Begins each record. No text in UTF-8 holds the byte 255, so no body can look like a beginning. */
export const RECORD_MARK = Uint8Array.of(0xff, 0x52, 0x45, 0x43);

/** Mark, length of the body, sequence, check of the body; then a check of all of these. */
const CHECKED_BYTES = 4 + 4 + 8 + CHECK_BYTES;
export const HEAD_BYTES = CHECKED_BYTES + CHECK_BYTES;

export interface RecordHead {
  /** Rises by one from record to record. */
  readonly sequence: number;
  /** Of the body, in bytes. */
  readonly length: number;
  readonly bodyCheck: Uint8Array;
}

/** A record as it stands in a file. The head has a check of its own, so that its length is believed. */
export function encodeRecord(sequence: number, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(CHECKED_BYTES);
  head.set(RECORD_MARK);
  head.writeUInt32BE(body.length, 4);
  head.writeBigUInt64BE(BigInt(sequence), 8);
  head.set(checkOf(body), 16);
  return Buffer.concat([head, checkOf(head), body]);
}

/** The head that begins these bytes; `undefined` if none does, or if it is not whole. */
export function decodeHead(bytes: Buffer): RecordHead | undefined {
  const head = bytes.subarray(0, CHECKED_BYTES);
  const check = bytes.subarray(CHECKED_BYTES, HEAD_BYTES);
  if (!head.subarray(0, RECORD_MARK.length).equals(RECORD_MARK)) return undefined;
  if (!checkOf(head).equals(check)) return undefined;
  return {
    length: head.readUInt32BE(4),
    sequence: Number(head.readBigUInt64BE(8)),
    bodyCheck: head.subarray(16),
  };
}

export function isBodyOf(head: RecordHead, body: Uint8Array): boolean {
  return checkOf(body).equals(head.bodyCheck);
}
