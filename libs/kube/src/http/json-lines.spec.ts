import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonLines } from './json-lines.js';

describe('JsonLines', () => {
  it('gives the same lines however the bytes are sliced', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => JSON.stringify(text));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
        const reader = new JsonLines();
        const seen: string[] = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          seen.push(...reader.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        expect(seen).toEqual(lines);
      }),
    );
  });

  it('keeps an unfinished line to itself', () => {
    const reader = new JsonLines();
    expect(reader.push(Buffer.from('{"a":1}\n\n{"b"'))).toEqual(['{"a":1}']);
    expect(reader.push(Buffer.from(':2}\n'))).toEqual(['{"b":2}']);
  });
});
