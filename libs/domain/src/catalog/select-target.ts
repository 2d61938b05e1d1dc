import type { DesiredState } from './entity.js';
import type { Release } from './release.js';
import { compareVersions, parseVersion, type Version } from './version.js';
import { parseRange, rangeAllows } from './version-range.js';
import { InvariantViolation } from '@apollo-deploy/kernel';

/** What an entity should run: a release, nothing, or no answer with the reason. */
export type TargetSelection =
  | { readonly kind: 'release'; readonly release: Release; readonly reason: string }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'none'; readonly reason: string };

/** What can be chosen from: a product's releases, and which of them the followed channel holds. */
export interface Candidates {
  readonly releases: readonly Release[];
  readonly channelVersions: ReadonlySet<string>;
}

/** The newest release that the desired state allows and that is not recalled. */
export function selectTarget(desired: DesiredState, candidates: Candidates): TargetSelection {
  if ('absent' in desired) return { kind: 'absent', reason: 'it is desired absent' };
  const { allowed, source } = matching(desired, candidates);
  const release = newest(allowed.filter(({ recalled }) => !recalled));
  if (release === undefined) {
    const recalled = allowed.length > 0 ? '; those that match are recalled' : '';
    return { kind: 'none', reason: `no release matches ${source}${recalled}` };
  }
  const reason =
    'version' in desired
      ? `it is pinned to ${desired.version}`
      : `${release.version} is the newest of ${source}`;
  return { kind: 'release', release, reason };
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

function newest(releases: readonly Release[]): Release | undefined {
  let best: { release: Release; version: Version } | undefined;
  for (const release of releases) {
    const version = storedVersion(release.version);
    if (best === undefined || compareVersions(version, best.version) > 0) {
      best = { release, version };
    }
  }
  return best?.release;
}

function storedVersion(text: string): Version {
  const parsed = parseVersion(text);
  if (!parsed.ok) throw new InvariantViolation(`stored version ${text} does not parse`);
  return parsed.value;
}
