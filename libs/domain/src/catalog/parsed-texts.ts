import { InvariantViolation, type Result } from '@apollo-deploy/kernel';
import { parseVersion, type Version } from './version.js';
import { parseRange, type VersionRange } from './version-range.js';

const KEPT = 10_000;

/**
 * What stored texts mean, each parsed once: a fleet has few versions and ranges, and every evaluation
 * asks for them. Keeps 10,000 at most, then starts anew.
 */
export class ParsedTexts<T> {
  private readonly known = new Map<string, T>();
  private count = 0;

  constructor(
    private readonly what: string,
    private readonly parse: (text: string) => Result<T, unknown>,
  ) {}

  /** Throws `InvariantViolation` for what does not parse: it was checked before it was stored. */
  of(text: string): T {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.count += 1;
    const parsed = this.parse(text);
    if (!parsed.ok) throw new InvariantViolation(`stored ${this.what} ${text} does not parse`);
    if (this.known.size >= KEPT) this.known.clear();
    this.known.set(text, parsed.value);
    return parsed.value;
  }

  /** How often a text was parsed so far. */
  get parsed(): number {
    return this.count;
  }
}

/** Ranges of dependencies, recalls and desired states. */
export const storedRanges = new ParsedTexts<VersionRange>('range', parseRange);

/** Versions of registered releases. */
export const storedVersions = new ParsedTexts<Version>('version', parseVersion);
