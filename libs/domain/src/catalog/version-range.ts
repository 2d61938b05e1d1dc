import { assertNever, ok, type Result } from '@apollo-deploy/kernel';
import { compareVersions, type Version } from './version.js';
import {
  parseRangeTerms,
  type PartialVersion,
  type RangeRefusal,
  type RangeTerm,
} from './version-range-grammar.js';

/** A range of versions, compiled: parse it once, ask it as often as needed. */
export interface VersionRange {
  /** As it was written. */
  readonly text: string;
  /** One of these must hold. */
  readonly alternatives: readonly RangeAlternative[];
}

/** What stands between two `||`: every interval must contain the version. */
export interface RangeAlternative {
  readonly intervals: readonly VersionInterval[];
  /** True if one of its comparisons names a prerelease; else it allows none at all. */
  readonly prereleases: boolean;
}

/** From `low` to `high` in SemVer's order, open where one is absent. */
export interface VersionInterval {
  readonly low?: VersionBound;
  readonly high?: VersionBound;
  /** Everything but the interval. */
  readonly inverted: boolean;
}

export interface VersionBound {
  readonly version: Version;
  readonly included: boolean;
}

/**
 * Compiles a range written in the constraint grammar of Masterminds/semver 3, which charts and Helm
 * use: `=` `!=` `>` `<` `>=` `<=` `~` `^`, hyphen ranges, wildcards, partial versions, a leading `v`;
 * comma and space mean "and", `||` means "or". At most 256 characters and 32 comparisons.
 *
 * Where that library contradicts its documentation, the documentation holds: `~0.0.0` is
 * `>=0.0.0 <0.1.0`, `^*` and `<=*` allow every release, `!=1.2` excludes prereleases of 1.2 too, and a
 * hyphen range may follow `||` without a space. What it would read otherwise than written is refused:
 * `>*`, `<*`, `!=*`, `1.x.3`, `01.2.3`.
 */
export function parseRange(text: string): Result<VersionRange, RangeRefusal> {
  const parsed = parseRangeTerms(text);
  if (!parsed.ok) return parsed;
  const alternatives = parsed.value.map((terms) => ({
    intervals: terms.map(intervalOf),
    prereleases: terms.some(({ operand }) => operand.prerelease.length > 0),
  }));
  return ok({ text, alternatives });
}

/**
 * Whether the range allows this version. A prerelease is only allowed by an alternative that names
 * one, however far apart the two are: `>=1.2.3-0` allows `2.0.0-rc.1`, `>=1.2.3` does not.
 */
export function rangeAllows(range: VersionRange, version: Version): boolean {
  return range.alternatives.some(
    ({ intervals, prereleases }) =>
      (prereleases || version.prerelease.length === 0) &&
      intervals.every((interval) => contains(interval, version)),
  );
}

function contains({ low, high, inverted }: VersionInterval, version: Version): boolean {
  return inverted !== (isAbove(version, low) && isBelow(version, high));
}

function isAbove(version: Version, low: VersionBound | undefined): boolean {
  if (low === undefined) return true;
  const order = compareVersions(version, low.version);
  return low.included ? order >= 0 : order > 0;
}

function isBelow(version: Version, high: VersionBound | undefined): boolean {
  if (high === undefined) return true;
  const order = compareVersions(version, high.version);
  return high.included ? order <= 0 : order < 0;
}

function intervalOf({ operator, operand }: RangeTerm): VersionInterval {
  const first = firstOf(operand);
  const complete = operand.patch !== undefined;
  switch (operator) {
    case '=':
      return covered(operand);
    case '!=':
      return { ...covered(complete ? operand : withPrereleases(operand)), inverted: true };
    case '>=':
      return between(from(first), undefined);
    case '<':
      return between(undefined, before(first));
    case '>':
      return complete
        ? between({ version: first, included: false }, undefined)
        : between(from(firstAfter(operand)), undefined);
    case '<=':
      return complete
        ? between(undefined, { version: first, included: true })
        : between(undefined, before(firstAfter(operand)));
    case '~':
      return between(from(first), before(firstAfter(tildeScope(operand))));
    case '^':
      return between(from(first), before(firstAfter(caretScope(operand))));
    default:
      return assertNever(operator);
  }
}

/** Exactly a complete version; every version that begins with a partial one. */
function covered(operand: PartialVersion): VersionInterval {
  const first = firstOf(operand);
  return operand.patch === undefined
    ? between(from(first), before(firstAfter(operand)))
    : between(from(first), { version: first, included: true });
}

/** Who excludes 1.2 means its prereleases too. */
function withPrereleases(operand: PartialVersion): PartialVersion {
  return operand.prerelease.length > 0 ? operand : { ...operand, prerelease: ['0'] };
}

type Core = Pick<PartialVersion, 'major' | 'minor' | 'patch'>;

/** A tilde keeps major and minor, as far as they are given. */
function tildeScope({ major, minor }: Core): Core {
  return {
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
  };
}

/** A caret keeps everything up to the first number that is not 0; of zeros only, all that are given. */
function caretScope(core: Core): Core {
  const { major, minor, patch } = core;
  if (major === undefined) return {};
  if (major > 0 || minor === undefined) return { major };
  return minor > 0 || patch === undefined ? { major, minor } : core;
}

/** The operand with zeros for what is missing. */
function firstOf({ major = 0, minor = 0, patch = 0, prerelease }: PartialVersion): Version {
  return { major, minor, patch, prerelease, build: [] };
}

/** The first version, prereleases included, that no longer begins with `core`. */
function firstAfter({ major, minor, patch }: Core): Version | undefined {
  if (major === undefined) return undefined;
  if (minor === undefined) return lowest(major + 1, 0, 0);
  return patch === undefined ? lowest(major, minor + 1, 0) : lowest(major, minor, patch + 1);
}

/** `-0` precedes every other prerelease. */
function lowest(major: number, minor: number, patch: number): Version {
  return { major, minor, patch, prerelease: ['0'], build: [] };
}

function from(version: Version | undefined): VersionBound | undefined {
  return version === undefined ? undefined : { version, included: true };
}

function before(version: Version | undefined): VersionBound | undefined {
  return version === undefined ? undefined : { version, included: false };
}

function between(low: VersionBound | undefined, high: VersionBound | undefined): VersionInterval {
  return {
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    inverted: false,
  };
}
