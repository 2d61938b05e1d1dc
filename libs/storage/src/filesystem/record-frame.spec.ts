import { describe, expect, it } from '@jest/globals';
import { decodeHead, encodeRecord, HEAD_BYTES, isBodyOf } from './record-frame.js';

const TEXT = '{"changes":[{"key":"Übergröße"}]}';

describe('a record', () => {
  it('is read as it was written', () => {
    const record = encodeRecord(Number.MAX_SAFE_INTEGER, TEXT);
    const head = decodeHead(record)!;
    const body = record.subarray(HEAD_BYTES);
    expect(head.sequence).toBe(Number.MAX_SAFE_INTEGER);
    expect(head.length).toBe(body.length);
    expect(isBodyOf(head, body)).toBe(true);
    expect(body.toString()).toBe(TEXT);
  });

  it('has no head once any byte of the head is another', () => {
    const record = encodeRecord(7, TEXT);
    const believed = [...record.subarray(0, HEAD_BYTES).keys()].filter(
      (at) => decodeHead(withFlipped(record, at)) !== undefined,
    );
    expect(believed).toEqual([]);
  });

  it('has no head while any byte of the head is missing', () => {
    const record = encodeRecord(7, TEXT);
    const believed = [...Array(HEAD_BYTES).keys()].filter(
      (length) => decodeHead(record.subarray(0, length)) !== undefined,
    );
    expect(believed).toEqual([]);
  });

  it('does not match its check once any byte of the body is another', () => {
    const record = encodeRecord(7, TEXT);
    const head = decodeHead(record)!;
    const matching = [...record.keys()]
      .slice(HEAD_BYTES)
      .filter((at) => isBodyOf(head, withFlipped(record, at).subarray(HEAD_BYTES)));
    expect(matching).toEqual([]);
  });
});

function withFlipped(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at] = flipped[at]! ^ 0x01;
  return flipped;
}
