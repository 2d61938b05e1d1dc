import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseVersion } from './version.js';
import { parseRange, rangeAllows } from './version-range.js';

interface Table {
  readonly versions: string;
  /** By range, the versions that the library allows; `null` = it refuses the range. */
  readonly ranges: Readonly<Record<string, string | null>>;
}

const FILE = new URL('../../test-data/masterminds-ranges/expected.json', import.meta.url);
const TABLE = JSON.parse(readFileSync(FILE, 'utf8')) as Table;
const VERSIONS = TABLE.versions.split(' ');
const FINAL = VERSIONS.filter((text) => !text.includes('-')).join(' ');
const ALL = VERSIONS.join(' ');

/** Ranges that the library reads otherwise than they are written: refused, so that nobody is misled. */
const REFUSED = [
  // It takes them for `0.0.0`, and so allows everything else, or nothing.
  ...['!=*', '!=x', '!=*-0', '>*', '>x', '>*-0', '<*', '<x', '<*-0'],
  // It drops what stands after the wildcard.
  ...['1.x.3', 'x.1', 'x.x.1', '*.1.2', '1.*.2'],
  // It drops leading zeros, which are no SemVer.
  ...['01.2.3', '1.02.3', '1.2.03'],
];

/** Ranges on which the library contradicts its own documentation, and what that says. */
const AS_DOCUMENTED: Readonly<Record<string, string>> = {
  // "Everything up to anything" and "any": it allows 0.0.x only.
  ...Object.fromEntries(['<=*', '<=x', '=<*', '=<x', '^*', '^x'].map((range) => [range, FINAL])),
  ...Object.fromEntries(['<=*-0', '=<*-0', '^*-0'].map((range) => [range, ALL])),
  // ">=0.0.0 <0.1.0": it allows everything.
  ...Object.fromEntries(
    ['~0.0.0', '~>0.0.0'].map((range) => [range, '0.0.0 0.0.1 0.0.2 0.0.3 0.0.4']),
  ),
  // "Not 1.2.x": it excludes one prerelease only, and allows 1.2.0.
  ...Object.fromEntries(
    ['!=1.2-0', '!=1.2.x-0'].map((range) => [range, without((text) => text.startsWith('1.2.'))]),
  ),
  '!=1.1-a': without((text) => /^1\.1\.(?!0-[03])/.test(text)),
  // Hyphen ranges on both sides of "or": it refuses them unless there are spaces.
  '1 - 2||4 - 5': VERSIONS.filter((text) => /^[1245]\./.test(text) && !text.includes('-')).join(
    ' ',
  ),
};

function without(isOut: (version: string) => boolean): string {
  return VERSIONS.filter((text) => !isOut(text)).join(' ');
}

/** What we say of a range, as the table has it. */
function ours(text: string): string | null {
  const range = parseRange(text);
  if (!range.ok) return null;
  const allows = (version: string): boolean => {
    const parsed = parseVersion(version);
    if (!parsed.ok) throw new Error(parsed.error.detail);
    return rangeAllows(range.value, parsed.value);
  };
  return VERSIONS.filter(allows).join(' ');
}

describe('ranges, against what Masterminds/semver says', () => {
  const answers = Object.entries(TABLE.ranges);
  const differing = new Map<string, string | null>([
    ...REFUSED.map((range) => [range, null] as const),
    ...Object.entries(AS_DOCUMENTED),
  ]);

  it('are enough, and odd enough', () => {
    expect(answers.length).toBeGreaterThan(500);
    expect(answers.filter(([, allowed]) => allowed === null).length).toBeGreaterThan(50);
    expect(VERSIONS.length).toBeGreaterThan(50);
  });

  it('allow and are refused alike, all but those that are listed here', () => {
    const wrong = answers.filter(
      ([range, theirs]) => ours(range) !== (differing.has(range) ? differing.get(range) : theirs),
    );
    expect(wrong.map(([range, theirs]) => ({ range, theirs, ours: ours(range) }))).toEqual([]);
  });

  it('differ in every one that is listed here', () => {
    const listed = [...differing].filter(([range, mine]) => TABLE.ranges[range] === mine);
    expect(listed).toEqual([]);
  });
});
