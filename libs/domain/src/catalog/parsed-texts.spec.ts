import { describe, expect, it } from '@jest/globals';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { ParsedTexts } from './parsed-texts.js';

function lengths(): ParsedTexts<{ readonly length: number }> {
  const parse = (text: string): Result<{ readonly length: number }, string> =>
    text === '' ? err('empty') : ok({ length: text.length });
  return new ParsedTexts('text', parse);
}

describe('stored texts', () => {
  it('are parsed once, however often they are asked for', () => {
    const texts = lengths();
    const answers = Array.from({ length: 10_000 }, (_, index) => texts.of(`^1.${index % 7}`));
    expect(new Set(answers).size).toBe(7);
    expect(texts.parsed).toBe(7);
  });

  it('are parsed anew once too many others came', () => {
    const texts = lengths();
    for (let index = 0; index <= 10_000; index += 1) texts.of(String(index));
    texts.of('0');
    expect(texts.parsed).toBe(10_002);
  });

  it('that do not parse are a bug, each time', () => {
    const texts = lengths();
    for (let again = 0; again < 2; again += 1) {
      expect(() => texts.of('')).toThrow('stored text  does not parse');
    }
  });
});
