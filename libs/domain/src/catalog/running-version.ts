import type { Health, ReportedRelease } from './entity.js';

/** How a first installation does that nothing came of. */
const NOTHING_CAME_OF_IT: readonly Health[] = ['Missing', 'Degraded'];

type Seen = Pick<
  ReportedRelease,
  'helmStatus' | 'deployed' | 'revision' | 'version' | 'health' | 'unmanaged'
>;

/**
 * The version that runs, or did last: the head's, or that before it where the head never was
 * deployed. `undefined` where nothing is installed, or nothing came of the first install. A later
 * revision that failed had something before it, whatever became of that.
 */
export function runningVersion(release: Seen | null): string | undefined {
  if (release === null || release.helmStatus === 'uninstalled') return undefined;
  return cameToNothing(release) ? undefined : (release.deployed?.version ?? release.version);
}

/**
 * Helm calls a first install failed as well whose pods were merely slow, and Apollo one whose removal
 * was cut off before it deleted anything: what lives is not to be removed for that, and never what
 * somebody else has installed.
 */
function cameToNothing({ helmStatus, deployed, revision, health, unmanaged }: Seen): boolean {
  if (helmStatus !== 'failed' || deployed !== undefined || revision !== 1) return false;
  return unmanaged !== true && NOTHING_CAME_OF_IT.includes(health);
}
