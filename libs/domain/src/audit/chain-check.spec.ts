import { describe, expect, it } from '@jest/globals';
import { err, ok, type Json } from '@apollo-deploy/kernel';
import fc from 'fast-check';
import { CHAIN_START, type ChainHead, type ChainLine, lineText, nextLine } from './audit-chain.js';
import { ChainCheck } from './chain-check.js';

function chainOf(entries: readonly Json[], start = CHAIN_START): readonly ChainLine[] {
  const lines: ChainLine[] = [];
  let head: ChainHead = start;
  for (const entry of entries) {
    const line = nextLine(head, entry);
    lines.push(line);
    head = line;
  }
  return lines;
}

function check(lines: readonly string[], heads: readonly ChainHead[] = []) {
  const chain = new ChainCheck(heads);
  for (const line of lines) chain.take(line);
  return chain.end();
}

const entry = (id: string): Json => ({ id, actor: 'sre-1', action: 'plan.approve', detail: {} });
const CHAIN = chainOf(['a', 'b', 'c', 'd', 'e'].map(entry));
const TEXTS = CHAIN.map(lineText);
const HEAD = headOf(CHAIN);
const FORK = [
  ...CHAIN.slice(0, 3),
  ...chainOf(['x', 'y', 'z'].map(entry), headOf(CHAIN.slice(0, 3))),
];

function headOf(lines: readonly ChainLine[]): ChainHead {
  const { number, hash } = lines.at(-1) ?? CHAIN_START;
  return { number, hash };
}

function texts(...numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => TEXTS[number - 1] ?? '');
}

describe('a copy of the audit trail', () => {
  it('has the hashes that the format says, for all time', () => {
    expect(CHAIN[0]).toEqual({
      number: 1,
      previous: '0'.repeat(64),
      entry: entry('a'),
      hash: '908a22b397050f02b6ef2ca27add11801fe631c3195092c16091dadaf7e9b1f1',
    });
  });

  it.each([
    { name: 'whole, with no head', lines: TEXTS, heads: [] },
    { name: 'whole, with its head', lines: TEXTS, heads: [HEAD] },
    { name: 'whole, with older heads too', lines: TEXTS, heads: [HEAD, headOf(CHAIN.slice(0, 2))] },
    { name: 'newer than the head', lines: TEXTS, heads: [headOf(CHAIN.slice(0, 4)), CHAIN_START] },
  ])('is found whole: $name', ({ lines, heads }) => {
    expect(check(lines, heads)).toEqual(ok(HEAD));
  });

  it('may be empty where nothing was published', () => {
    expect(check([], [CHAIN_START])).toEqual(ok(CHAIN_START));
  });

  it.each([
    {
      name: 'an edited entry',
      lines: TEXTS.map((text) => text.replace('"id":"c"', '"id":"k"')),
      expected: { code: 'edited', line: 3 },
    },
    {
      name: 'an edited entry whose hash was made anew',
      lines: TEXTS.with(2, lineText(nextLine(headOf(CHAIN.slice(0, 2)), entry('k')))),
      expected: { code: 'replaced', line: 4 },
    },
    { name: 'a removed line', lines: texts(1, 2, 4, 5), expected: { code: 'removed', line: 3 } },
    { name: 'the first line removed', lines: texts(2, 3), expected: { code: 'removed', line: 1 } },
    { name: 'two swapped', lines: texts(1, 3, 2, 4, 5), expected: { code: 'reordered', line: 2 } },
    {
      name: 'one moved to the end',
      lines: texts(1, 3, 4, 5, 2),
      expected: { code: 'reordered', line: 2 },
    },
    { name: 'one twice', lines: texts(1, 2, 2, 3), expected: { code: 'repeated', line: 3 } },
    { name: 'one moved up', lines: texts(1, 4, 2, 3, 5), expected: { code: 'reordered', line: 2 } },
    { name: 'no JSON', lines: [...texts(1), '{'], expected: { code: 'unreadable', line: 2 } },
    {
      name: 'another way of writing the same',
      lines: [...texts(1), `${texts(2).join()} `],
      expected: { code: 'unreadable', line: 2 },
    },
    { name: 'a value that is no line', lines: ['null'], expected: { code: 'unreadable', line: 1 } },
  ])('shows by itself what was done to it: $name', ({ lines, expected }) => {
    expect(check(lines)).toEqual(err({ ...expected, message: expect.any(String) }));
  });

  it.each([
    { name: 'a tail that was cut off', lines: texts(1, 2, 3), expected: { code: 'cut', line: 4 } },
    { name: 'everything cut off', lines: [], expected: { code: 'cut', line: 1 } },
    {
      name: 'an old copy that was put back and went on',
      lines: FORK.map(lineText),
      expected: { code: 'replaced', line: 5 },
    },
    {
      name: 'all of it written anew',
      lines: chainOf(['a', 'b', 'c', 'd', 'k'].map(entry)).map(lineText),
      expected: { code: 'replaced', line: 5 },
    },
  ])('shows against a head what it cannot show by itself: $name', ({ lines, expected }) => {
    expect(check(lines)).toMatchObject({ ok: true });
    expect(check(lines, [HEAD])).toEqual(err({ ...expected, message: expect.any(String) }));
  });

  it('shows any one character that was changed, taken out or put in, in whatever line', () => {
    const places = fc.record({
      line: fc.nat(TEXTS.length - 1),
      at: fc.nat(1000),
      removed: fc.nat(1),
      put: fc.string({ maxLength: 1, unit: 'binary' }),
    });
    fc.assert(
      fc.property(places, ({ line, at, removed, put }) => {
        const text = TEXTS[line] ?? '';
        const from = at % (text.length + 1);
        const changed = text.slice(0, from) + put + text.slice(from + removed);
        fc.pre(changed !== text);
        expect(check(TEXTS.with(line, changed), [HEAD]).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('shows any other choice and order of its lines, against its head', () => {
    const lines = fc.array(fc.constantFrom(...TEXTS), { maxLength: 7 });
    fc.assert(
      fc.property(lines, (chosen) => {
        fc.pre(chosen.join('\n') !== TEXTS.join('\n'));
        expect(check(chosen, [HEAD]).ok).toBe(false);
      }),
    );
  });
});
