import type { DesiredState } from './entity.js';
import type { Release } from './release.js';
import type { Violation } from '../constraints/constraint.js';
import { compareVersions, parseVersion, type Version } from './version.js';
import { parseRange, rangeAllows } from './version-range.js';
import { InvariantViolation } from '@apollo-deploy/kernel';

/** A release that was newer than the target and was not chosen. */
export interface PassedOver {
  readonly version: string;
  readonly violations: readonly Violation[];
}

/** What an entity should run: a release, nothing, or no answer with the reason. */
export type TargetSelection =
  | {
      readonly kind: 'release';
      readonly release: Release;
      readonly reason: string;
      readonly passedOver: readonly PassedOver[];
    }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string };

/** What can be chosen from: a product's releases, and which of them the followed channel holds. */
export interface Candidates {
  /** What the constraints that choose among releases have against one. */
  readonly objections: (release: Release) => readonly Violation[];
  /** The version that runs: nothing older is fallen back to. */
  readonly floor?: string;
  readonly releases: readonly Release[];
  readonly channelVersions: ReadonlySet<string>;
}

/**
 * The newest release that the desired state allows, that is not recalled and that nothing speaks
 * against; if something speaks against all of them, the newest, whose plan is then blocked.
 */
export function selectTarget(desired: DesiredState, candidates: Candidates): TargetSelection {
  if ('absent' in desired) return { kind: 'absent', reason: 'it is desired absent' };
  const { allowed, source } = matching(desired, candidates);
  const ordered = newestFirst(allowed.filter(({ recalled }) => !recalled));
  const [newest] = ordered;
  if (newest === undefined) {
    const recalled = allowed.length > 0 ? '; those that match are recalled' : '';
    return { kind: 'none', reason: `no release matches ${source}${recalled}` };
  }
  const passedOver: PassedOver[] = [];
  for (const release of ordered) {
    if (release !== newest && !isAbove(release.version, candidates.floor)) break;
    const violations = candidates.objections(release);
    if (violations.length === 0) return chosen(release, source, passedOver);
    passedOver.push({ version: release.version, violations });
  }
  return chosen(newest, source, []);
}

function chosen(
  release: Release,
  source: string,
  passedOver: readonly PassedOver[],
): TargetSelection {
  if (source.startsWith('version ')) {
    return { kind: 'release', release, reason: `it is pinned to ${release.version}`, passedOver };
  }
  const over = passedOver.map(({ version }) => version).join(', ');
  const reason =
    over === ''
      ? `${release.version} is the newest of ${source}`
      : `${release.version} is the newest of ${source} that is possible now; passed over: ${over}`;
  return { kind: 'release', release, reason, passedOver };
}

/** Fallbacks stay above what runs; with nothing running, all are. */
function isAbove(version: string, floor: string | undefined): boolean {
  if (floor === undefined) return true;
  const runs = parseVersion(floor);
  return !runs.ok || compareVersions(storedVersion(version), runs.value) > 0;
}

function matching(
  desired: Exclude<DesiredState, { absent: true }>,
  { releases, channelVersions }: Candidates,
): { allowed: readonly Release[]; source: string } {
  if ('channel' in desired) {
    return {
      allowed: releases.filter(({ version }) => channelVersions.has(version)),
      source: `channel ${desired.channel}`,
    };
  }
  if ('version' in desired) {
    return {
      allowed: releases.filter(({ version }) => version === desired.version),
      source: `version ${desired.version}`,
    };
  }
  const range = parseRange(desired.range);
  if (!range.ok) throw new InvariantViolation(`stored range ${desired.range} does not parse`);
  return {
    allowed: releases.filter(({ version }) => rangeAllows(range.value, storedVersion(version))),
    source: `range ${desired.range}`,
  };
}

function newestFirst(releases: readonly Release[]): readonly Release[] {
  return releases
    .map((release) => ({ release, version: storedVersion(release.version) }))
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ release }) => release);
}

function storedVersion(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed.ok) throw new InvariantViolation(`stored version ${text} does not parse`);
  return parsed.value;
}
