import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';
import { isNewer } from './version-before.js';

/** A hotfix that runs where something is to be promoted to, or that is on its way there. */
export interface StandingHotfix {
  readonly id: string;
  readonly toVersion: string;
  /** It has not ended. */
  readonly underWay: boolean;
}

/**
 * Refused with `promotion/below_hotfix` is what would take a hotfix back: something older. What was
 * fixed in haste stays until a version comes that has it.
 */
export function checkAboveHotfix(
  version: string,
  hotfix: StandingHotfix | undefined,
  environment: string,
): Result<void, Refusal> {
  if (hotfix === undefined || !isNewer(hotfix.toVersion, version)) return ok(undefined);
  const { id, toVersion, underWay } = hotfix;
  const stands = underWay ? 'is on its way to' : 'runs in';
  const detail = `${version} is older than ${toVersion}, which ${stands} ${environment} by hotfix ${id}; promote ${toVersion} or a newer version that has the fix, or go back with POST /rollback`;
  return err(
    refusal('promotion/below_hotfix', detail, { data: { hotfix: id, version, toVersion } }),
  );
}
