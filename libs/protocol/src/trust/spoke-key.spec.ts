import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { publicKeyFrom } from '../signing/plan-key.js';
import { isSignedBy, SpokeKey } from './spoke-key.js';

/** The eight points of small order in every way to write them, but for the sign. */
const SMALL = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];
const KEYS = SMALL.flatMap((hex) => [hex, `${hex.slice(0, 62)}${withSign(hex.slice(62))}`]);

function withSign(lastByte: string): string {
  return (parseInt(lastByte, 16) | 0x80).toString(16).padStart(2, '0');
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

describe('a signature', () => {
  it('is by who holds the key, and of this text', () => {
    const key = SpokeKey.create();
    expect(isSignedBy(key.publicKey, 'text', key.sign('text'))).toBe(true);
    expect(isSignedBy(key.publicKey, 'other', key.sign('text'))).toBe(false);
    expect(isSignedBy(SpokeKey.create().publicKey, 'text', key.sign('text'))).toBe(false);
  });

  it.each(KEYS)('is none by a key that nobody has to hold: %s', (hex) => {
    const publicKey = bytes(hex).toString('base64url');
    const made = KEYS.filter((r) => {
      const signature = Buffer.concat([bytes(r), Buffer.alloc(32)]).toString('base64url');
      const texts = Array.from({ length: 20 }, (_, at) => `text ${at}`);
      return texts.some((text) => isSignedBy(publicKey, text, signature));
    });
    expect(made).toEqual([]);
  });

  it.each(KEYS)('of a plan is by no such key either: %s', (hex) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes(hex).toString('base64url') };
    const key = createPublicKey({ format: 'jwk', key: jwk });
    const pem = key.export({ type: 'spki', format: 'pem' }).toString();
    expect(publicKeyFrom(pem)).toEqual({
      ok: false,
      error: 'it holds a key that anybody can sign for; make another one',
    });
  });
});
