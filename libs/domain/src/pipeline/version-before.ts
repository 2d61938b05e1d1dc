import { compareVersions, parseVersion } from '../catalog/version.js';

/** A deployment of a service in an environment that COMPLETED. */
export interface CompletedDeployment {
  readonly kind: string;
  readonly toVersion: string;
}

/**
 * The version that COMPLETED before the one that runs; `undefined` if none did. Only what COMPLETED
 * counts: what failed and was taken back never was the current one. A rollback takes back what it went
 * past, so the next one goes further back, and never forth to what people left.
 *
 * @param completed of one service in one environment, newest first.
 * @param running of each of its entities there; one that is installed nowhere is left out.
 */
export function versionBefore(
  completed: readonly CompletedDeployment[],
  running: readonly string[],
): string | undefined {
  const versions = standingVersions(completed);
  const [version, ...others] = new Set(running);
  const current = others.length === 0 && version !== undefined ? versions.lastIndexOf(version) : -1;
  // What runs came otherwise, or is not the same everywhere: what COMPLETED last was before it.
  return current === -1 ? versions.at(-1) : versions[current - 1];
}

/**
 * The versions one after another, oldest first, without those that a rollback has gone past.
 *
 * @param completed of one service in one environment, newest first.
 */
export function standingVersions(completed: readonly CompletedDeployment[]): readonly string[] {
  const versions: string[] = [];
  for (const { kind, toVersion } of completed.toReversed()) {
    const before = kind === 'rollback' ? versions.lastIndexOf(toVersion) : -1;
    if (before !== -1) versions.length = before;
    if (versions.at(-1) !== toVersion) versions.push(toVersion);
  }
  return versions;
}

/** Whether a version comes after another. What is no SemVer version is newer than nothing. */
export function isNewer(version: string, other: string): boolean {
  const [one, two] = [parseVersion(version), parseVersion(other)];
  return one.ok && two.ok && compareVersions(one.value, two.value) > 0;
}
