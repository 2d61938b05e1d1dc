import { compareVersions, parseVersion } from '../catalog/version.js';

/** Whether a version comes after another. What is no SemVer version is newer than nothing. */
export function isNewer(version: string, other: string): boolean {
  const [one, two] = [parseVersion(version), parseVersion(other)];
  return one.ok && two.ok && compareVersions(one.value, two.value) > 0;
}
