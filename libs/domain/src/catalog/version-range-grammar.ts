import { err, ok, type Result } from '@apollo-deploy/kernel';
import { identifierFault, numberFault, type VersionRefusal } from './version.js';

export type RangeOperator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~' | '^';

/** A version of which parts may be missing or wildcards; those are absent here. */
export interface PartialVersion {
  readonly major?: number;
  readonly minor?: number;
  readonly patch?: number;
  readonly prerelease: readonly string[];
}

/** One comparison of a range, as written. */
export interface RangeTerm {
  readonly operator: RangeOperator;
  readonly operand: PartialVersion;
}

/** Why a text is no range. */
export interface RangeRefusal {
  readonly code:
    | 'range/empty'
    | 'range/too_long'
    | 'range/too_many_comparators'
    | 'range/version_expected'
    | 'range/separator_expected'
    | 'range/hyphen_with_operator'
    | 'range/number_after_wildcard'
    | 'range/matches_nothing'
    | VersionRefusal['code'];
  /** A sentence that says what would be accepted. */
  readonly detail: string;
  /** The first character at fault, counted from 1. */
  readonly position: number;
}

const MAX_RANGE_LENGTH = 256;
const MAX_RANGE_COMPARATORS = 32;

const ACCEPTED = 'a range is for example ">=1.2 <2", "^1.4", "1.2 - 1.5" or "1.x || 2.1.x"';
const OPERATORS: Readonly<Record<string, RangeOperator>> = {
  '': '=',
  '=': '=',
  '!=': '!=',
  '>': '>',
  '>=': '>=',
  '=>': '>=',
  '<': '<',
  '<=': '<=',
  '=<': '<=',
  '~': '~',
  '~>': '~',
  '^': '^',
};
const PARTIAL =
  /^v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/**
 * Reads a range in the grammar of Masterminds/semver 3: groups joined by `||`, each a list of
 * comparisons joined by commas or spaces. The terms of one group must all hold.
 */
export function parseRangeTerms(
  text: string,
): Result<readonly (readonly RangeTerm[])[], RangeRefusal> {
  if (text.length > MAX_RANGE_LENGTH) {
    const detail = `the range has ${text.length} characters, at most ${MAX_RANGE_LENGTH} are accepted`;
    return refuse('range/too_long', detail, MAX_RANGE_LENGTH + 1);
  }
  if (text.trim() === '') {
    return refuse('range/empty', 'the range is empty; write "*" to allow every release', 1);
  }
  const groups: RangeTerm[][] = [[]];
  let count = 0;
  for (let at = 0; ;) {
    const read = readComparison(text, at);
    if (!read.ok) return read;
    groups.at(-1)?.push(...read.value.terms);
    count += read.value.terms.length;
    if (count > MAX_RANGE_COMPARATORS) {
      const detail = `the range has more than ${MAX_RANGE_COMPARATORS} comparisons; use fewer`;
      return refuse('range/too_many_comparators', detail, at + 1);
    }
    const separator = taken(/\s*(?:\|\||,|$)|\s+/y, text, read.value.end);
    at = read.value.end + separator.length;
    if (separator.endsWith('||')) groups.push([]);
    else if (separator === '' && at < text.length) return separatorExpected(at);
    if (at >= text.length && !/[,|]$/.test(separator)) return ok(groups);
  }
}

interface Comparison {
  readonly terms: readonly RangeTerm[];
  readonly end: number;
}

/** One comparison, or both halves of a hyphen range, from `start` on. */
function readComparison(text: string, start: number): Result<Comparison, RangeRefusal> {
  const operatorAt = start + taken(/\s*/y, text, start).length;
  const sign = taken(/=>|=<|>=|<=|!=|~>|[=<>~^]/y, text, operatorAt);
  const afterSign = operatorAt + sign.length;
  const lowAt = afterSign + taken(/\s*/y, text, afterSign).length;
  const low = readPartial(text, lowAt);
  if (!low.ok) return low;
  const operator = OPERATORS[sign] ?? '=';
  const hyphen = taken(/\s+-\s+/y, text, low.value.end);
  if (hyphen === '') {
    const term = { operator, operand: low.value.partial };
    return matchesNothing(term)
      ? refuse('range/matches_nothing', nothingDetail(sign, operatorAt), operatorAt + 1)
      : ok({ terms: [term], end: low.value.end });
  }
  if (sign !== '') {
    const detail = `a hyphen range takes no operator: leave "${sign}" at character ${operatorAt + 1} out`;
    return refuse('range/hyphen_with_operator', detail, operatorAt + 1);
  }
  const high = readPartial(text, low.value.end + hyphen.length);
  if (!high.ok) return high;
  const terms: readonly RangeTerm[] = [
    { operator: '>=', operand: low.value.partial },
    { operator: '<=', operand: high.value.partial },
  ];
  return ok({ terms, end: high.value.end });
}

function readPartial(
  text: string,
  at: number,
): Result<{ readonly partial: PartialVersion; readonly end: number }, RangeRefusal> {
  const word = taken(/[^\s,|]+/y, text, at);
  const match = PARTIAL.exec(word);
  if (match === null) return versionExpected(word, text, at);
  const parts = [match[1], match[2], match[3]].filter((part) => part !== undefined);
  const wildcard = parts.findIndex((part) => !/^\d+$/.test(part));
  const numbers = wildcard === -1 ? parts : parts.slice(0, wildcard);
  const first = at + (word.startsWith('v') ? 2 : 1);
  if (parts.slice(numbers.length).some((part) => /^\d+$/.test(part))) {
    const detail = `in "${word}" at character ${at + 1}, only wildcards may follow a wildcard`;
    return refuse('range/number_after_wildcard', detail, at + 1);
  }
  const identifiers = match[4]?.split('.') ?? [];
  const fault =
    numberFault(numbers, first) ?? identifierFault(identifiers, first + parts.join('.').length + 1);
  if (fault !== undefined) return err(fault);
  const [major, minor, patch] = numbers.map(Number);
  const partial: PartialVersion = {
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
    ...(patch === undefined ? {} : { patch }),
    prerelease: identifiers,
  };
  return ok({ partial, end: at + word.length });
}

/** No version is above, below or beside all versions. */
function matchesNothing({ operator, operand }: RangeTerm): boolean {
  return operand.major === undefined && ['>', '<', '!='].includes(operator);
}

function nothingDetail(sign: string, at: number): string {
  return `"${sign}*" at character ${at + 1} allows no version at all; name a version after "${sign}"`;
}

function versionExpected(word: string, text: string, at: number): Result<never, RangeRefusal> {
  const where = `at character ${at + 1}`;
  const rest = text.slice(at);
  if (word === '') {
    const found = rest === '' ? 'the range ends' : `there is "${rest.charAt(0)}"`;
    const hint = rest.startsWith('|') && !rest.startsWith('||') ? ' ("or" is written ||)' : '';
    const detail = `${found} ${where} where a version should be${hint}; ${ACCEPTED}`;
    return refuse('range/version_expected', detail, at + 1);
  }
  const hint = word.startsWith('-')
    ? 'put a space on both sides of the hyphen of a range'
    : /[<>=~^!]/.test(word)
      ? 'put a space or a comma between comparisons, and none inside an operator'
      : ACCEPTED;
  return refuse('range/version_expected', `"${word}" ${where} is no version; ${hint}`, at + 1);
}

function separatorExpected(at: number): Result<never, RangeRefusal> {
  const detail = `write "||" for "or" at character ${at + 1}, a comma or a space for "and"`;
  return refuse('range/separator_expected', detail, at + 1);
}

/** What a sticky expression matches at `at`; empty if it does not. */
function taken(sticky: RegExp, text: string, at: number): string {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? '';
}

function refuse(
  code: RangeRefusal['code'],
  detail: string,
  position: number,
): Result<never, RangeRefusal> {
  return err({ code, detail, position });
}
