import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions, formatVersion, parseVersion, type Version } from './version.js';
import { parseRange, rangeAllows } from './version-range.js';

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed.ok) throw new Error(parsed.error.detail);
  return parsed.value;
}

/** Which of the versions, written with spaces between them, the range allows. */
function allowed(range: string, versions: string): string {
  const parsed = parseRange(range);
  if (!parsed.ok) throw new Error(parsed.error.detail);
  const isAllowed = (text: string) => rangeAllows(parsed.value, version(text));
  return versions.split(' ').filter(isAllowed).join(' ');
}

interface Row {
  readonly range: string;
  /** Versions it allows, and versions it does not, each next to an edge. */
  readonly yes: string;
  readonly no: string;
}

const COMPARISONS: readonly Row[] = [
  { range: '1.2.3', yes: '1.2.3 1.2.3+b', no: '1.2.2 1.2.4 1.2.3-rc.1' },
  { range: '=1.2.3', yes: '1.2.3', no: '1.2.2 1.2.4' },
  { range: '= 1.2.3', yes: '1.2.3', no: '1.2.2 1.2.4' },
  { range: 'v1.2.3', yes: '1.2.3', no: '1.2.4' },
  { range: '>=v1.2', yes: '1.2.0 2.0.0', no: '1.1.9' },
  { range: '1.2.3+build.5', yes: '1.2.3 1.2.3+other', no: '1.2.4' },
  { range: '!=1.2.3', yes: '1.2.2 1.2.4', no: '1.2.3' },
  { range: '>1.2.3', yes: '1.2.4 2.0.0', no: '1.2.3 1.2.2' },
  { range: '>=1.2.3', yes: '1.2.3 1.2.4', no: '1.2.2' },
  { range: '=>1.2.3', yes: '1.2.3 1.2.4', no: '1.2.2' },
  { range: '<1.2.3', yes: '1.2.2 0.0.0', no: '1.2.3 1.2.4' },
  { range: '<=1.2.3', yes: '1.2.3 0.9.0', no: '1.2.4' },
  { range: '=<1.2.3', yes: '1.2.3', no: '1.2.4' },
];

const PARTIALS_AND_WILDCARDS: readonly Row[] = [
  { range: '1', yes: '1.0.0 1.99.99', no: '0.9.9 2.0.0' },
  { range: '1.2', yes: '1.2.0 1.2.99', no: '1.1.9 1.3.0' },
  { range: '=1.2', yes: '1.2.0 1.2.99', no: '1.1.9 1.3.0' },
  { range: '!=1', yes: '0.9.9 2.0.0', no: '1.0.0 1.5.0' },
  { range: '!=1.2', yes: '1.1.9 1.3.0', no: '1.2.0 1.2.9' },
  { range: '!=1.2.x', yes: '1.1.9 1.3.0', no: '1.2.0 1.2.9' },
  { range: '>1', yes: '2.0.0', no: '1.0.0 1.99.99' },
  { range: '>1.2', yes: '1.3.0', no: '1.2.0 1.2.99' },
  { range: '>1.2.x', yes: '1.3.0', no: '1.2.99' },
  { range: '>=1', yes: '1.0.0', no: '0.99.99' },
  { range: '>=1.2.x', yes: '1.2.0', no: '1.1.9' },
  { range: '<1', yes: '0.99.99', no: '1.0.0' },
  { range: '<2.x', yes: '1.99.99', no: '2.0.0' },
  { range: '<=1', yes: '1.99.99', no: '2.0.0' },
  { range: '<=1.2', yes: '1.2.99', no: '1.3.0' },
  { range: '<=2.x', yes: '2.99.99', no: '3.0.0' },
  { range: '*', yes: '0.0.0 1.2.3 99.0.0', no: '1.0.0-rc.1' },
  { range: 'x', yes: '0.0.0 1.2.3', no: '1.0.0-rc.1' },
  { range: 'X.X.X', yes: '0.0.0 1.2.3', no: '1.0.0-rc.1' },
  { range: '1.x', yes: '1.0.0 1.9.9', no: '2.0.0 0.9.9' },
  { range: '1.X', yes: '1.0.0 1.9.9', no: '2.0.0' },
  { range: '1.*', yes: '1.0.0 1.9.9', no: '2.0.0' },
  { range: '1.x.x', yes: '1.0.0 1.9.9', no: '2.0.0' },
  { range: '1.2.*', yes: '1.2.0 1.2.9', no: '1.3.0 1.1.9' },
  { range: '0.0.x', yes: '0.0.0 0.0.9', no: '0.1.0' },
  { range: '>=*', yes: '0.0.0 9.0.0', no: '1.0.0-rc.1' },
];

const TILDES_AND_CARETS: readonly Row[] = [
  { range: '~1.2.3', yes: '1.2.3 1.2.99', no: '1.2.2 1.3.0' },
  { range: '~ 1.2.3', yes: '1.2.3', no: '1.3.0' },
  { range: '~>1.2.3', yes: '1.2.3 1.2.99', no: '1.3.0' },
  { range: '~1.2', yes: '1.2.0 1.2.99', no: '1.1.9 1.3.0' },
  { range: '~1', yes: '1.0.0 1.99.0', no: '0.9.9 2.0.0' },
  { range: '~1.x', yes: '1.0.0 1.99.0', no: '2.0.0' },
  { range: '~1.2.x', yes: '1.2.0 1.2.99', no: '1.3.0' },
  { range: '~0', yes: '0.0.0 0.9.0', no: '1.0.0' },
  { range: '~0.0', yes: '0.0.0 0.0.9', no: '0.1.0' },
  { range: '~*', yes: '0.0.0 9.9.9', no: '1.0.0-rc.1' },
  { range: '^1.2.3', yes: '1.2.3 1.99.0', no: '1.2.2 2.0.0' },
  { range: '^1.2', yes: '1.2.0 1.99.0', no: '1.1.9 2.0.0' },
  { range: '^1.2.x', yes: '1.2.0 1.99.0', no: '1.1.9 2.0.0' },
  { range: '^1', yes: '1.0.0 1.99.0', no: '0.9.9 2.0.0' },
  { range: '^2.x', yes: '2.0.0 2.9.9', no: '1.9.9 3.0.0' },
  { range: '^0.2.3', yes: '0.2.3 0.2.9', no: '0.2.2 0.3.0' },
  { range: '^0.2', yes: '0.2.0 0.2.9', no: '0.1.9 0.3.0' },
  { range: '^0.0.3', yes: '0.0.3', no: '0.0.2 0.0.4' },
  { range: '^0.0.0', yes: '0.0.0', no: '0.0.1' },
  { range: '^0.0', yes: '0.0.0 0.0.9', no: '0.1.0' },
  { range: '^0.0.x', yes: '0.0.0 0.0.9', no: '0.1.0' },
  { range: '^0', yes: '0.0.0 0.9.9', no: '1.0.0' },
  { range: '^0.x', yes: '0.0.0 0.9.9', no: '1.0.0' },
];

const COMBINATIONS: readonly Row[] = [
  { range: '>=1.2, <3.0.0', yes: '1.2.0 2.9.9', no: '1.1.9 3.0.0' },
  { range: '>=1.2 <3.0.0', yes: '1.2.0 2.9.9', no: '1.1.9 3.0.0' },
  { range: '>=1.2,<3', yes: '1.2.0 2.9.9', no: '1.1.9 3.0.0' },
  { range: ' >=  1.2 ,\t<3 ', yes: '1.2.0 2.9.9', no: '1.1.9 3.0.0' },
  { range: '^1.2 !=1.4.1', yes: '1.2.0 1.4.0 1.4.2', no: '1.4.1 2.0.0' },
  { range: '>=1 <2 !=1.4.x', yes: '1.3.9 1.5.0', no: '1.4.0 1.4.9 2.0.0' },
  { range: '>=2 <1', yes: '', no: '1.0.0 1.5.0 2.0.0' },
  { range: '>=1.2 <3.0.0 || >=4.2.3', yes: '1.2.0 2.9.9 4.2.3 5.0.0', no: '3.0.0 4.2.2' },
  { range: '1.2.3||2.x', yes: '1.2.3 2.5.0', no: '1.2.4 3.0.0' },
  { range: '1 || 2 || 4', yes: '1.0.0 2.9.9 4.0.0', no: '3.0.0 5.0.0' },
  { range: '1.2 - 1.4.5', yes: '1.2.0 1.4.5', no: '1.1.9 1.4.6' },
  { range: '2.3.4 - 4.5', yes: '2.3.4 4.5.99', no: '2.3.3 4.6.0' },
  { range: '1 - 2', yes: '1.0.0 2.99.0', no: '0.9.9 3.0.0' },
  { range: 'v1.x - v2.x', yes: '1.0.0 2.99.0', no: '0.9.9 3.0.0' },
  { range: '1 - 2 !=1.5.0', yes: '1.4.0 2.0.0', no: '1.5.0 3.0.0' },
  { range: '1 - 2, <1.5', yes: '1.4.9', no: '1.5.0' },
  { range: '1 - 2 || 4 - 5', yes: '1.0.0 5.9.9', no: '3.0.0 6.0.0' },
];

const PRERELEASES: readonly Row[] = [
  { range: '>=1.2.3', yes: '1.2.3', no: '1.2.4-rc.1 2.0.0-rc.1' },
  { range: '>=1.2.3-0', yes: '1.2.3-0 1.2.3-rc 1.2.3 2.0.0-rc.1', no: '1.2.2 1.2.2-rc' },
  { range: '>1.2.3-alpha <2', yes: '1.2.3-beta 1.3.0-a 2.0.0-rc.1', no: '1.2.3-alpha 2.0.0' },
  { range: '>1 <2.0.0-0', yes: '', no: '1.5.0 1.5.0-rc 2.0.0-0 2.0.0' },
  { range: '>=1 <2.0.0-0', yes: '1.0.0 1.9.9-rc', no: '1.0.0-rc 2.0.0-0' },
  { range: '^1.1.2-alpha', yes: '1.1.2-alpha 1.2.1-beta.1 1.9.0', no: '1.1.1 2.0.0-alpha' },
  { range: '~1.2.3-beta.2', yes: '1.2.3-beta.10 1.2.4-alpha 1.2.9', no: '1.2.3-beta.1 1.3.0-a' },
  { range: '^0.2.3-0', yes: '0.2.3-0 0.2.9-rc', no: '0.3.0-0' },
  { range: '^0.0.3-0', yes: '0.0.3-0 0.0.3', no: '0.0.4-0 0.0.4' },
  { range: '1.2.3-beta', yes: '1.2.3-beta', no: '1.2.3 1.2.3-beta.1' },
  { range: '1.2.3-BETA - 1.2.3', yes: '1.2.3-alpha 1.2.3', no: '1.2.3-ALPHA' },
  { range: '1.1-3', yes: '1.1.0-3 1.1.0-a 1.1.9 1.1.9-0', no: '1.1.0-2 1.2.0-0' },
  { range: '1.2-1.4.5', yes: '1.2.0-1.4.5 1.2.9', no: '1.2.0-1.4.4 1.3.0' },
  { range: '<=1.1-a', yes: '1.1.0-a 1.1.9 1.1.9-b', no: '1.2.0-0 1.2.0' },
  { range: '>1.1-a', yes: '1.2.0-0 1.2.0', no: '1.1.0-b 1.1.9' },
  { range: '*-0', yes: '0.0.0-0 1.0.0-rc 1.0.0', no: '' },
  { range: '1.x-0', yes: '1.0.0-0 1.9.9-rc', no: '0.9.9 2.0.0-0' },
  { range: '!=1.2.3-beta', yes: '1.2.3 1.2.3-alpha 9.0.0-rc', no: '1.2.3-beta' },
  { range: '=1.2.3-beta || >2', yes: '1.2.3-beta 3.0.0', no: '3.0.0-rc' },
  { range: '>=1.0.0-0 <=2 || ~4', yes: '2.9.0-rc 4.0.1', no: '4.0.1-rc 3.0.0-0' },
];

/** Where the library that the grammar comes from contradicts its own documentation. */
const DEVIATIONS: readonly Row[] = [
  { range: '1 - 2||4 - 5', yes: '1.0.0 5.9.9', no: '3.0.0 6.0.0' },
  { range: '~0.0.0', yes: '0.0.0 0.0.9', no: '0.1.0 1.2.3' },
  { range: '^*', yes: '0.0.0 0.0.1 9.9.9', no: '1.0.0-rc' },
  { range: '<=*', yes: '0.0.0 9.9.9', no: '1.0.0-rc' },
  { range: '1 - *', yes: '1.0.0 9.9.9', no: '0.9.9' },
  { range: '!=1.2-beta', yes: '1.2.0-alpha 1.3.0', no: '1.2.0-beta 1.2.0 1.2.3-alpha' },
  { range: '>=1-0 !=1.2', yes: '1.1.9 1.3.0-0', no: '1.2.0-0 1.2.3-rc 1.2.3' },
];

describe.each([
  { name: 'comparisons', rows: COMPARISONS },
  { name: 'partial versions and wildcards', rows: PARTIALS_AND_WILDCARDS },
  { name: 'tildes and carets', rows: TILDES_AND_CARETS },
  { name: 'combinations', rows: COMBINATIONS },
  { name: 'prereleases', rows: PRERELEASES },
  { name: 'deviations', rows: DEVIATIONS },
])('a range of $name', ({ rows }) => {
  it.each(rows)('$range allows $yes, not $no', ({ range, yes, no }) => {
    if (yes !== '') expect(allowed(range, yes)).toBe(yes);
    if (no !== '') expect(allowed(range, no)).toBe('');
  });
});

describe('a text that is no range', () => {
  const accepted = 'a range is for example ">=1.2 <2", "^1.4", "1.2 - 1.5" or "1.x || 2.1.x"';
  it.each([
    {
      text: '',
      code: 'range/empty',
      position: 1,
      detail: 'the range is empty; write "*" to allow every release',
    },
    { text: ' \t', code: 'range/empty', position: 1 },
    {
      text: 'latest',
      code: 'range/version_expected',
      position: 1,
      detail: `"latest" at character 1 is no version; ${accepted}`,
    },
    {
      text: '>=',
      code: 'range/version_expected',
      position: 3,
      detail: `the range ends at character 3 where a version should be; ${accepted}`,
    },
    {
      text: '>=1,,<2',
      code: 'range/version_expected',
      position: 5,
      detail: `there is "," at character 5 where a version should be; ${accepted}`,
    },
    {
      text: '1.2 | 1.3',
      code: 'range/version_expected',
      position: 5,
      detail: `there is "|" at character 5 where a version should be ("or" is written ||); ${accepted}`,
    },
    {
      text: '1.2|1.3',
      code: 'range/separator_expected',
      position: 4,
      detail: 'write "||" for "or" at character 4, a comma or a space for "and"',
    },
    {
      text: '>=1.2.3<2',
      code: 'range/version_expected',
      position: 3,
      detail:
        '"1.2.3<2" at character 3 is no version; put a space or a comma between comparisons, ' +
        'and none inside an operator',
    },
    { text: '> =1', code: 'range/version_expected', position: 3 },
    { text: '==1', code: 'range/version_expected', position: 2 },
    { text: '!1', code: 'range/version_expected', position: 1 },
    { text: '^^1', code: 'range/version_expected', position: 2 },
    { text: ',1', code: 'range/version_expected', position: 1 },
    { text: '1,', code: 'range/version_expected', position: 3 },
    { text: '1 || ', code: 'range/version_expected', position: 6 },
    { text: '1||||2', code: 'range/version_expected', position: 4 },
    { text: '>= v 1.2', code: 'range/version_expected', position: 4 },
    { text: 'V1.2', code: 'range/version_expected', position: 1 },
    { text: '1.2.3.4', code: 'range/version_expected', position: 1 },
    { text: '1..2', code: 'range/version_expected', position: 1 },
    { text: '1.2.3-', code: 'range/version_expected', position: 1 },
    { text: '1.2.3-a..b', code: 'range/version_expected', position: 1 },
    { text: '1.2.3+', code: 'range/version_expected', position: 1 },
    {
      text: '1 -2',
      code: 'range/version_expected',
      position: 3,
      detail:
        '"-2" at character 3 is no version; put a space on both sides of the hyphen of a range',
    },
    { text: '1- 2', code: 'range/version_expected', position: 1 },
    { text: '1 - 2 - 3', code: 'range/version_expected', position: 7 },
    { text: '1 - >2', code: 'range/version_expected', position: 5 },
    {
      text: '>=1.2.3 - 2',
      code: 'range/hyphen_with_operator',
      position: 1,
      detail: 'a hyphen range takes no operator: leave ">=" at character 1 out',
    },
    {
      text: '1.x.3',
      code: 'range/number_after_wildcard',
      position: 1,
      detail: 'in "1.x.3" at character 1, only wildcards may follow a wildcard',
    },
    { text: '*.1', code: 'range/number_after_wildcard', position: 1 },
    {
      text: '1 >*',
      code: 'range/matches_nothing',
      position: 3,
      detail: '">*" at character 3 allows no version at all; name a version after ">"',
    },
    { text: '<x', code: 'range/matches_nothing', position: 1 },
    { text: '!=*', code: 'range/matches_nothing', position: 1 },
    {
      text: '>=1 <v2.03',
      code: 'version/leading_zero',
      position: 9,
      detail: 'write 3 instead of 03 at character 9: numbers have no leading zeros',
    },
    { text: '1.2.3-01', code: 'version/leading_zero', position: 7 },
    { text: '^1000000000000000', code: 'version/number_too_large', position: 2 },
    { text: '1'.padEnd(257), code: 'range/too_long', position: 257 },
    {
      text: Array(33).fill('!=1').join(' '),
      code: 'range/too_many_comparators',
      position: 129,
      detail: 'the range has more than 32 comparisons; use fewer',
    },
  ])('"$text" is refused at character $position', ({ text, code, position, detail }) => {
    const error = { code, position, detail: detail ?? expect.any(String) };
    expect(parseRange(text)).toEqual({ ok: false, error });
  });

  it('is still a range at 256 characters and 32 comparisons', () => {
    const widest = Array(32).fill('!=1').join(' ').padEnd(256);
    expect(parseRange(widest).ok).toBe(true);
  });
});

describe('any range', () => {
  const number = fc.integer({ min: 0, max: 2 });
  const tail = fc.constantFrom('', '', '', '-0', '-rc.1');
  const core = fc.tuple(number, number, number).map((parts) => parts.join('.'));
  const full = fc.tuple(core, tail).map((parts) => parts.join(''));
  const partial = fc.oneof(full, fc.constantFrom('1', '1.1', '0.x', '0.0', '2.*', '1-0'));
  const operator = fc.constantFrom('', '=', '!=', '>', '>=', '<', '<=', '~', '^');
  const comparison = fc.tuple(operator, partial).map((parts) => parts.join(''));
  const group = fc.array(comparison, { minLength: 1, maxLength: 3 });
  const versions = full.map(version);

  it('allows with "||" what either side allows', () => {
    fc.assert(
      fc.property(group, group, versions, (a, b, candidate) => {
        const text = formatVersion(candidate);
        const either = allowed(a.join(' '), text) !== '' || allowed(b.join(', '), text) !== '';
        expect(allowed(`${a.join(' ')} || ${b.join(',')}`, text) !== '').toBe(either);
      }),
    );
  });

  it('does not depend on the order of its comparisons', () => {
    fc.assert(
      fc.property(group, versions, (comparisons, candidate) => {
        const text = formatVersion(candidate);
        const turned = [...comparisons].reverse();
        expect(allowed(turned.join(' '), text)).toBe(allowed(comparisons.join(' '), text));
      }),
    );
  });

  it('splits the releases in two at every version', () => {
    fc.assert(
      fc.property(full, core, (edge, text) => {
        const order = compareVersions(version(text), version(edge));
        expect(allowed(`>=${edge}`, text) !== '').toBe(order >= 0);
        expect(allowed(`<${edge}`, text) !== '').toBe(order < 0);
        expect(allowed(`!=${edge}`, text) !== '').toBe(order !== 0);
      }),
    );
  });

  it('allows no prerelease unless it names one', () => {
    const plain = fc.tuple(operator, core).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 3 }), core, (comparisons, text) => {
        expect(allowed(comparisons.join(' '), `${text}-rc.1`)).toBe('');
      }),
    );
  });

  it('is parsed or refused, never thrown at', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'0123.x*-+<>=!~^|, va'), maxLength: 300 });
    fc.assert(
      fc.property(fc.oneof(odd, fc.string()), (text) => {
        const parsed = parseRange(text);
        if (parsed.ok) return;
        expect(parsed.error.position).toBeGreaterThanOrEqual(1);
        expect(parsed.error.position).toBeLessThanOrEqual(text.length + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
