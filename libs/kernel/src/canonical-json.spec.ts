import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.js';
import { jsonDigest, sha256Hex } from './digest.js';

describe('canonical JSON', () => {
  it.each<{ name: string; value: Json; text: string }>([
    {
      name: 'sorts members by UTF-16 code units, not by code points',
      value: { '\ufb33': 1, '\u{1f600}': 2, '\u20ac': 3, '1': 4, '\r': 5 },
      text: '{"\\r":5,"1":4,"\u20ac":3,"\u{1f600}":2,"\ufb33":1}',
    },
    { name: 'leaves absent members out', value: { a: undefined, b: null }, text: '{"b":null}' },
    {
      name: 'writes numbers as ECMAScript does',
      value: [1e30, 0.002, -0, 4.5],
      text: '[1e+30,0.002,0,4.5]',
    },
    { name: 'keeps the order of arrays', value: [3, 1, 2], text: '[3,1,2]' },
    { name: 'escapes only what must be', value: '\u001f"\\/é', text: '"\\u001f\\"\\\\/é"' },
    { name: 'writes an empty object', value: {}, text: '{}' },
  ])('$name', ({ value, text }) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each<{ name: string; value: Json }>([
    { name: 'NaN', value: NaN },
    { name: 'an infinity', value: { a: Infinity } },
    { name: 'a lone surrogate', value: '\ud800' },
    { name: 'a lone surrogate in a key', value: { '\udc00': 1 } },
  ])('refuses $name', ({ value }) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('is read back as the same value, whatever order the members came in', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(value)));
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
      }),
    );
  });
});

describe('digests', () => {
  it('are SHA-256 of the UTF-8 bytes in lowercase hexadecimal', () => {
    expect(sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('of equal values are equal', () => {
    expect(jsonDigest({ a: 1, b: [true] })).toBe(jsonDigest({ b: [true], a: 1 }));
  });
});
