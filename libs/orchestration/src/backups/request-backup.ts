import { type ConstraintResult, nextTryAt, type PlanFacts } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { releaseSnapshots } from './release-snapshots.js';

/**
 * Asks for a backup where nothing but that holds a plan; again after one that failed when its next
 * try has come. True if it did.
 */
export async function requestBackup(
  context: Context,
  unit: UnitOfWork,
  { violations }: ConstraintResult,
  { now, entity, backup: { base, record } }: PlanFacts,
): Promise<boolean> {
  const onlyBackup = violations.length > 0 && violations.every(({ code }) => code === 'backup');
  if (!onlyBackup || base === null) return false;
  const mayTry =
    record === null || (record.status === 'failed' && now >= new Date(nextTryAt(record)));
  if (!mayTry) return false;
  await unit.backups.put({
    entity: entity.name,
    releaseDigest: base,
    status: 'requested',
    by: releaseSnapshots.name,
    covers: releaseSnapshots.covers,
    at: context.clock.now().toISOString(),
  });
  return true;
}
