import { err, ok, type Result } from '@apollo-deploy/kernel';

/** A version as SemVer 2.0.0 defines it, parsed. Identifiers keep their spelling. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Empty for a release proper. */
  readonly prerelease: readonly string[];
  /** Told apart by nobody: versions that differ only here compare as equal. */
  readonly build: readonly string[];
}

/** Why a text is no version. */
export interface VersionRefusal {
  readonly code:
    | 'version/empty'
    | 'version/too_long'
    | 'version/leading_v'
    | 'version/partial'
    | 'version/leading_zero'
    | 'version/number_too_large'
    | 'version/not_semver';
  /** A sentence that says what would be accepted. */
  readonly detail: string;
  /** The first character at fault, counted from 1. */
  readonly position: number;
}

const MAX_VERSION_LENGTH = 256;
/** So that every number, and the one after it, is exact. SemVer itself sets no bound. */
const MAX_VERSION_DIGITS = 15;

const ACCEPTED = 'a version is MAJOR.MINOR.PATCH, for example 1.4.0 or 1.4.0-rc.1';
const SEMVER =
  /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
const DIGITS = /^\d+$/;

/** Versions by their text: a fleet has few, and every evaluation asks for them again. */
const known = new Map<string, Result<Version, VersionRefusal>>();
const KNOWN_MAX = 10_000;

/**
 * Parses one exact version, strictly as SemVer 2.0.0: no leading `v`, no missing parts, no leading
 * zeros, at most 256 characters and 15 digits a number. Ranges are more lenient: see `parseRange`.
 * What was parsed before is remembered, 10,000 texts at most.
 */
export function parseVersion(text: string): Result<Version, VersionRefusal> {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parsed = readVersion(text);
  if (!parsed.ok) return parsed;
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(text, parsed);
  return parsed;
}

function readVersion(text: string): Result<Version, VersionRefusal> {
  if (text === '') return refuse('version/empty', `the version is empty; ${ACCEPTED}`, 1);
  if (text.length > MAX_VERSION_LENGTH) {
    const detail = `the version has ${text.length} characters, at most ${MAX_VERSION_LENGTH} are accepted`;
    return refuse('version/too_long', detail, MAX_VERSION_LENGTH + 1);
  }
  const match = SEMVER.exec(text);
  if (match === null) return err(explain(text));
  const [, major = '', minor = '', patch = '', prerelease, build] = match;
  const identifiers = prerelease?.split('.') ?? [];
  const numbers = [major, minor, patch];
  const fault =
    numberFault(numbers, 1) ?? identifierFault(identifiers, numbers.join('.').length + 2);
  if (fault !== undefined) return err(fault);
  return ok({
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    prerelease: identifiers,
    build: build?.split('.') ?? [],
  });
}

/** Below 0 if `a` comes before `b` in SemVer's order of precedence, 0 if neither does. Total. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

/** The text that `parseVersion` read. */
export function formatVersion({ major, minor, patch, prerelease, build }: Version): string {
  const tail = prerelease.length === 0 ? '' : `-${prerelease.join('.')}`;
  const suffix = build.length === 0 ? '' : `+${build.join('.')}`;
  return `${major}.${minor}.${patch}${tail}${suffix}`;
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers by value, whatever their length, and before words; words by their ASCII codes. */
function compareIdentifiers(a: string, b: string): number {
  const numeric = DIGITS.test(a);
  if (numeric !== DIGITS.test(b)) return numeric ? -1 : 1;
  if (numeric && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first of `numbers`, written with dots between them from `position` on, that is refused. */
export function numberFault(
  numbers: readonly string[],
  position: number,
): VersionRefusal | undefined {
  let at = position;
  for (const digits of numbers) {
    if (digits.length > 1 && digits.startsWith('0')) return leadingZero(digits, at);
    if (digits.length > MAX_VERSION_DIGITS) {
      const detail = `the number ${digits} at character ${at} is too large: at most ${MAX_VERSION_DIGITS} digits are accepted`;
      return { code: 'version/number_too_large', detail, position: at };
    }
    at += digits.length + 1;
  }
  return undefined;
}

/** The first prerelease identifier that is a number with a leading zero. */
export function identifierFault(
  identifiers: readonly string[],
  position: number,
): VersionRefusal | undefined {
  let at = position;
  for (const identifier of identifiers) {
    if (/^0\d+$/.test(identifier)) return leadingZero(identifier, at);
    at += identifier.length + 1;
  }
  return undefined;
}

function leadingZero(digits: string, position: number): VersionRefusal {
  const detail = `write ${digits.replace(/^0+(?=\d)/, '')} instead of ${digits} at character ${position}: numbers have no leading zeros`;
  return { code: 'version/leading_zero', detail, position };
}

/** What a person most likely meant by a text that is no version. */
function explain(text: string): VersionRefusal {
  const withoutV = text.replace(/^[vV]/, '');
  if (withoutV !== text && SEMVER.test(withoutV)) {
    const detail = `write ${withoutV}: a version has no leading "${text.charAt(0)}"`;
    return { code: 'version/leading_v', detail, position: 1 };
  }
  if (/^[vV]?\d+(\.\d+)?$/.test(text)) {
    const full = withoutV.includes('.') ? `${withoutV}.0` : `${withoutV}.0.0`;
    const detail = `write ${full}: only a range may leave parts of a version out`;
    return { code: 'version/partial', detail, position: text.length + 1 };
  }
  const position = faultPosition(text);
  const found = position > text.length ? 'it ends too early' : `see character ${position}`;
  const detail = `${JSON.stringify(text)} is no version (${found}); ${ACCEPTED}`;
  return { code: 'version/not_semver', detail, position };
}

/** The first character, counted from 1, that no version has in that place. */
function faultPosition(text: string): number {
  const core = /^(?:\d+(?:\.(?:\d+(?:\.(?:\d+)?)?)?)?)?/.exec(text)?.[0] ?? '';
  if (!/^\d+\.\d+\.\d+$/.test(core)) return core.length + 1;
  const tail = text.slice(core.length);
  const legal = /^(?:-[0-9A-Za-z.-]*)?(?:\+[0-9A-Za-z.-]*)?/.exec(tail)?.[0] ?? '';
  const emptyIdentifier = legal.search(/(?:^-|[.+])(?=[.+]|$)/);
  return core.length + 1 + (emptyIdentifier === -1 ? legal.length : emptyIdentifier + 1);
}

function refuse(
  code: VersionRefusal['code'],
  detail: string,
  position: number,
): Result<never, VersionRefusal> {
  return err({ code, detail, position });
}
