import type { ReportedRelease } from './entity.js';

/**
 * The version that runs, or did last: the head's, or that before it where the head never was
 * deployed. `undefined` where nothing is installed, or the first install failed. A later revision
 * that failed had something before it, whatever became of that.
 */
export function runningVersion(
  release: Pick<ReportedRelease, 'helmStatus' | 'deployed' | 'revision' | 'version'> | null,
): string | undefined {
  if (release === null || release.helmStatus === 'uninstalled') return undefined;
  const { helmStatus, deployed, revision, version } = release;
  if (helmStatus === 'failed' && deployed === undefined && revision === 1) return undefined;
  return deployed?.version ?? version;
}
