import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { storedRanges, storedVersions } from './parsed-texts.js';
import { storedRangeAllows } from './stored-range-allows.js';
import { rangeAllows } from './version-range.js';

function compared(range: string, version: string): boolean {
  return rangeAllows(storedRanges.of(range), storedVersions.of(version));
}

describe('a stored range', () => {
  it('allows what it allows when compared afresh, however often and in whatever order it is asked', () => {
    const number = fc.integer({ min: 0, max: 3 });
    const version = fc
      .tuple(number, number, fc.constantFrom('', '-rc.1'))
      .map(([minor, patch, tail]) => `1.${minor}.${patch}${tail}`);
    const range = fc
      .tuple(fc.constantFrom('^', '~', '>=', '<', '!='), version)
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(range, version), { minLength: 1, maxLength: 30 }),
        (questions) => {
          for (const [one, other] of [...questions, ...questions.toReversed()]) {
            expect(storedRangeAllows(one, other)).toBe(compared(one, other));
          }
        },
      ),
    );
  });

  it('allows the same once more pairs came than are kept', () => {
    const expected = ['1.5.0', '2.0.0'].map((version) => compared('^1.0.0', version));
    const asked = () => ['1.5.0', '2.0.0'].map((version) => storedRangeAllows('^1.0.0', version));
    expect(asked()).toEqual(expected);
    for (let index = 0; index <= 50_000; index += 1) {
      storedRangeAllows(`>=1.${index % 300}.0`, `1.${Math.floor(index / 300)}.0`);
    }
    expect(asked()).toEqual(expected);
  });

  it.each(['v1.2.0', '1.2', '01.2.0', 'latest', ''])(
    'allows no foreign version that is none, each time: %s',
    (version) => {
      for (let again = 0; again < 2; again += 1) {
        expect(storedRangeAllows('>=0.0.0-0', version)).toBe(false);
        expect(storedRangeAllows('!=9.9.9', version)).toBe(false);
      }
    },
  );

  it('that does not parse is a bug, each time', () => {
    for (let again = 0; again < 2; again += 1) {
      expect(() => storedRangeAllows('no range', '1.0.0')).toThrow(
        'stored range no range does not parse',
      );
    }
  });
});
