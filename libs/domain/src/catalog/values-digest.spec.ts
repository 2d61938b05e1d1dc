import { describe, expect, it } from '@jest/globals';
import { jsonDigest } from '@apollo-deploy/kernel';
import { valuesDigest } from './values-digest.js';

describe('the digest of values', () => {
  it('is that of their canonical JSON, asked once or again', () => {
    const values = { b: [1, null], a: { c: 'x' } };
    const expected = jsonDigest({ a: { c: 'x' }, b: [1, null] });
    expect([valuesDigest(values), valuesDigest(values)]).toEqual([expected, expected]);
  });

  it('tells other values apart', () => {
    expect(valuesDigest({ a: 1 })).not.toBe(valuesDigest({ a: 2 }));
  });
});
