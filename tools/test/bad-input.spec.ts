import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { badInputsOf, liesInBadInputs } from './bad-input.js';

const DOCS = join(import.meta.dirname, '../../docs');
const PAGE = readFileSync(join(DOCS, 'bad-input.md'), 'utf8');
const LINK = '[is asked for the truth of $name](bad-input.spec.ts)';

describe('docs/bad-input.md', () => {
  it('names for each bad input tests that there are, or says why there are none', () => {
    expect(liesInBadInputs(PAGE, DOCS)).toEqual([]);
    expect(badInputsOf(PAGE).length).toBeGreaterThan(50);
  });
});

describe('a page of bad inputs', () => {
  it.each([
    { name: 'a test that there is', item: `- **x**: refused. ${LINK}`, expected: [] },
    { name: 'a test on the next line', item: `- **x**: refused.\n  ${LINK}`, expected: [] },
    { name: 'no place for it', item: '- **x**: Does not apply: nobody reads it.', expected: [] },
    { name: 'a gap', item: '- **x**: it is taken. Not yet: nobody counts it.', expected: [] },
    {
      name: 'a reason that says nothing',
      item: '- **x**: Not yet: ',
      expected: ['Frames, x: neither a test nor a reason why there is none'],
    },
    {
      name: 'neither test nor reason',
      item: '- **x**: refused.',
      expected: ['Frames, x: neither a test nor a reason why there is none'],
    },
    {
      name: 'a test that there is not',
      item: '- **x**: refused. [is refused](bad-input.spec.ts)',
      expected: ['Frames, x: bad-input.spec.ts has no test "is refused"'],
    },
    {
      name: 'a point of another form',
      item: '- x: refused',
      expected: ['1 points are not of the form "- **name**: …"'],
    },
  ])('is asked for the truth of $name', ({ item, expected }) => {
    expect(liesInBadInputs(`# Page\n\n## Frames\n\n${item}\n`, import.meta.dirname)).toEqual(
      expected,
    );
  });
});
