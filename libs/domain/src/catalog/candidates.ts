import type { Violation } from '../constraints/violation.js';
import type { DesiredState } from './entity.js';
import { storedRanges, storedVersions } from './parsed-texts.js';
import type { Recall } from './recall.js';
import type { Release } from './release.js';
import { compareVersions, parseVersion } from './version.js';
import { rangeAllows } from './version-range.js';

/** What can be chosen from: a product's releases, and what speaks for and against each. */
export interface Candidates {
  readonly releases: readonly Release[];
  /**
   * The versions in the channel the entity follows; for one that follows none, in its environment's
   * channel, to which a pin gives way when what it names runs and is recalled.
   */
  readonly channelVersions: ReadonlySet<string>;
  /** Of the product, oldest first; absent = none. */
  readonly recalls?: readonly Recall[];
  /** What the constraints that choose among releases have against one. */
  readonly objections: (release: Release) => readonly Violation[];
  /** The version that runs: nothing older is fallen back to. */
  readonly floor?: string;
}

/** Releases that one source allows, newest first, recalled ones too. */
export interface Allowed {
  readonly releases: readonly Release[];
  /** Names the source in a sentence. */
  readonly source: string;
}

/** What the desired state alone allows. */
export function allowedBy(
  desired: Exclude<DesiredState, { absent: true }>,
  { releases, channelVersions }: Candidates,
): Allowed {
  if ('channel' in desired) {
    const held = releases.filter(({ version }) => channelVersions.has(version));
    return { releases: newestFirst(held), source: `channel ${desired.channel}` };
  }
  if ('version' in desired) {
    const pinned = releases.filter(({ version }) => version === desired.version);
    return { releases: pinned, source: `version ${desired.version}` };
  }
  const range = storedRanges.of(desired.range);
  const within = releases.filter(({ version }) => rangeAllows(range, storedVersions.of(version)));
  return { releases: newestFirst(within), source: `range ${desired.range}` };
}

/** What a recalled pin gives way to. */
export function allowedByEnvironment({ releases, channelVersions }: Candidates): Allowed {
  const held = releases.filter(({ version }) => channelVersions.has(version));
  return { releases: newestFirst(held), source: "the environment's channel" };
}

export function isNewer(version: string, than: string): boolean {
  return compareVersions(storedVersions.of(version), storedVersions.of(than)) > 0;
}

/** Fallbacks stay above what runs; with nothing running, all are. */
export function isAbove(version: string, floor: string | undefined): boolean {
  if (floor === undefined || !parseVersion(floor).ok) return true;
  return isNewer(version, floor);
}

function newestFirst(releases: readonly Release[]): readonly Release[] {
  return releases
    .map((release) => ({ release, version: storedVersions.of(release.version) }))
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ release }) => release);
}
