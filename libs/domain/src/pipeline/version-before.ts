import { compareVersions, parseVersion } from '../catalog/version.js';

/** A deployment of a service in an environment that COMPLETED. */
export interface CompletedDeployment {
  readonly kind: string;
  readonly toVersion: string;
}

/**
 * The version that COMPLETED before the one that runs; `undefined` if none did. Only what COMPLETED
 * counts: what failed and was taken back never was the current one. A rollback takes back what it went
 * past, so the next one goes further back, and never forth to what people left. Where entities run
 * different versions it is what COMPLETED before the one that came last: a rollback that went through at
 * some only is thereby asked for once more, and goes no further where it did.
 *
 * @param completed of one service in one environment, newest first.
 * @param running of each of its entities there; one that is installed nowhere is left out.
 * @param mayRun what may not is passed over.
 */
export function versionBefore(
  completed: readonly CompletedDeployment[],
  running: readonly string[],
  mayRun: (version: string) => boolean = () => true,
): string | undefined {
  const versions = standingVersions(completed);
  if (running.length === 0) return versions.findLast(mayRun);
  const current = Math.max(...running.map((version) => placeOf(version, versions)));
  return versions.slice(0, Math.ceil(current)).findLast(mayRun);
}

/**
 * Whether an entity runs what was before a version that others go back to, so that this would take it forth.
 *
 * @param completed as for `versionBefore`.
 */
export function isBehind(
  completed: readonly CompletedDeployment[],
  running: string,
  version: string,
): boolean {
  const versions = standingVersions(completed);
  return running !== version && placeOf(running, versions) < placeOf(version, versions);
}

/** Its index; that of what came otherwise is half-way, after the last that is not newer. */
function placeOf(version: string, versions: readonly string[]): number {
  const known = versions.lastIndexOf(version);
  return known === -1 ? versions.findLastIndex((one) => !isNewer(one, version)) + 0.5 : known;
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

/** Of several versions the one that none of the others comes after; `undefined` = there is none. */
export function newestOf(versions: readonly string[]): string | undefined {
  return versions.reduce<string | undefined>(
    (newest, version) => (newest === undefined || isNewer(version, newest) ? version : newest),
    undefined,
  );
}

/** Whether a version comes after another. What is no SemVer version is newer than nothing. */
export function isNewer(version: string, other: string): boolean {
  const [one, two] = [parseVersion(version), parseVersion(other)];
  return one.ok && two.ok && compareVersions(one.value, two.value) > 0;
}
