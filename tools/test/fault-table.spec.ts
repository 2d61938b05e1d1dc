import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { faultsOf, liesIn, summaryOf, testsOf } from './fault-table.js';

const DOCS = join(import.meta.dirname, '../../docs');
const HERE = import.meta.dirname;
const TITLE = 'is told from what only looks like it';

/** A page of one fault, with its summary. */
function pageOf(...body: readonly string[]): string {
  const faults = ['### 1. A fault', ...body].join('\n\n');
  return `${summaryOf(faultsOf(faults))}\n\n${faults}\n`;
}

describe('docs/reliability.md', () => {
  it('names for each fault tests that there are, or says why there are none', () => {
    expect(liesIn(readFileSync(join(DOCS, 'reliability.md'), 'utf8'), DOCS)).toEqual([]);
  });
});

describe('a page of faults', () => {
  it.each([
    { name: 'a test that there is', body: [`- [${TITLE}](fault-table.spec.ts)`], expected: [] },
    {
      name: 'a test over two lines',
      body: [`- [${TITLE.replace(' only', '\n  only')}](fault-table.spec.ts)`],
      expected: [],
    },
    { name: 'a reason', body: ['Nothing is lost.', 'Not yet: nobody signs offers.'], expected: [] },
    {
      name: 'neither test nor reason',
      body: ['Nothing is lost.'],
      expected: ['fault 1: neither a test nor a reason why there is none'],
    },
    {
      name: 'a test that there is not',
      body: ['- [is never lost](fault-table.spec.ts)'],
      expected: ['fault 1: fault-table.spec.ts has no test "is never lost"'],
    },
    {
      name: 'a file that there is not',
      body: ['- [is never lost](gone.spec.ts)'],
      expected: ['fault 1: gone.spec.ts does not exist'],
    },
    {
      name: 'a file without tests',
      body: ['- [is never lost](fault-table.ts)'],
      expected: ['fault 1: fault-table.ts holds no tests'],
    },
    {
      name: 'a number left out',
      body: ['Not yet: a reason.', '### 3. Another', 'Not yet: a reason.'],
      expected: ['the faults are numbered 1, 3'],
    },
  ])('is asked for the truth of $name', ({ body, expected }) => {
    expect(liesIn(pageOf(...body), HERE)).toEqual(expected);
  });

  it('has to say how much of it is shown', () => {
    expect(liesIn('### 1. A fault\n\nNot yet: a reason.\n', HERE)).toEqual([
      'the page does not say: Of 1 faults, 0 are shown by tests, 0 in part, and 1 not yet.',
    ]);
  });
});

describe('a test in a file', () => {
  it('is told from what only looks like it', () => {
    const source = [
      "// it('is a comment', () => {});",
      'const text = "it(\'is a text\', () => {});";',
      "it('runs', () => {});",
      "it.each(rows)('runs for $name', () => {});",
      'it(`runs ${String(N)} times`, () => {});',
      "it.skip('is skipped', () => {});",
      "xit('is left out', () => {});",
      "it.todo('is to come');",
      'const asRoot = isRoot ? it : it.skip;',
      "asRoot('runs where it can');",
      'const never = isRoot ? it.skip : it.todo;',
      "never('never runs');",
      "it.skip.each(rows)('is skipped for each', () => {});",
      "describe.skip('a group', () => { it('is in a skipped group', () => {}); });",
      "describe.each(rows)('another', () => { it('is in a group', () => {}); });",
    ].join('\n');
    const tests = testsOf(source);
    expect(tests.filter(({ skipped }) => !skipped).map(({ title }) => title)).toEqual([
      'runs',
      'runs for $name',
      'runs ${String(N)} times',
      'runs where it can',
      'is in a group',
    ]);
    expect(tests.filter(({ skipped }) => skipped).map(({ title }) => title)).toEqual([
      'is skipped',
      'is left out',
      'is to come',
      'is skipped for each',
      'is in a skipped group',
    ]);
  });
});
