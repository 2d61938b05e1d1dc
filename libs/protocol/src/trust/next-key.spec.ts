import { describe, expect, it } from '@jest/globals';
import { isOfferedBy, signNextKey } from './next-key.js';
import { SpokeKey } from './spoke-key.js';

const [KEY, NEXT, OTHER] = [SpokeKey.create(), SpokeKey.create(), SpokeKey.create()];
const KNOWN = { spoke: 'dev', hub: 'hub-1', publicKey: KEY.publicKey };
const OFFER = signNextKey({ key: KEY, next: NEXT }, KNOWN);

describe('the offer of a next key', () => {
  it('is made by the holder of both keys', () => {
    expect(isOfferedBy(KNOWN, OFFER)).toBe(true);
    const { signature } = signNextKey({ key: OTHER, next: NEXT }, KNOWN);
    const { nextSignature } = signNextKey({ key: KEY, next: OTHER }, KNOWN);
    expect(isOfferedBy(KNOWN, { ...OFFER, signature })).toBe(false);
    expect(isOfferedBy(KNOWN, { ...OFFER, nextSignature })).toBe(false);
    expect(isOfferedBy(KNOWN, { ...OFFER, publicKey: OTHER.publicKey })).toBe(false);
  });

  it.each([
    { name: 'another spoke', known: { ...KNOWN, spoke: 'prod' } },
    { name: 'another hub', known: { ...KNOWN, hub: 'hub-2' } },
    { name: 'another key', known: { ...KNOWN, publicKey: OTHER.publicKey } },
  ])('is good for nothing else: $name', ({ known }) => {
    expect(isOfferedBy(known, OFFER)).toBe(false);
  });
});
