import type { DeploymentStatus } from './deployment-lifecycle.js';
import { type CompletedDeployment, standingVersions } from './version-before.js';

/** A deployment of a service in an environment that COMPLETED or was rolled back. */
interface EndedDeployment extends CompletedDeployment {
  readonly status: DeploymentStatus;
  readonly fromVersion?: string;
}

/**
 * The versions that were taken back and have not COMPLETED since: those that a rollback left or has gone
 * past, and those that went back by themselves.
 *
 * @param ended of one service in one environment, newest first.
 */
export function takenBackVersions(ended: readonly EndedDeployment[]): ReadonlySet<string> {
  const completed = ended.filter(({ status }) => status === 'completed');
  const standing = new Set(standingVersions(completed));
  const all = completed.map(({ toVersion }) => toVersion);
  const takenBack = new Set(all.filter((version) => !standing.has(version)));
  const completedSince = new Set<string>();
  for (const one of ended) {
    if (one.status === 'completed') completedSince.add(one.toVersion);
    const left = leftBy(one);
    if (left !== undefined && !completedSince.has(left)) takenBack.add(left);
  }
  return takenBack;
}

function leftBy({ kind, status, fromVersion, toVersion }: EndedDeployment): string | undefined {
  if (status === 'rolled_back') return toVersion;
  return status === 'completed' && kind === 'rollback' ? fromVersion : undefined;
}
