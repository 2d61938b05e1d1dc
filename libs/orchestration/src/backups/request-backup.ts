import {
  type ConstraintResult,
  nextTryAt,
  type PlanFacts,
  type Violation,
  waitsInLine,
} from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { releaseSnapshots } from './release-snapshots.js';

/**
 * Asks for a backup where nothing but that holds a plan, or that and how many plans execute; again
 * after one that failed when its next try has come. True if it did.
 */
export async function requestBackup(
  context: Context,
  unit: UnitOfWork,
  { violations }: ConstraintResult,
  { now, entity, backup: { base, record } }: PlanFacts,
): Promise<boolean> {
  if (!wantsOnlyBackup(violations) || base === null) return false;
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

/** A slot is no reason to put it off: a plan stands in line for one only once its backup is there. */
function wantsOnlyBackup(violations: readonly Violation[]): boolean {
  const others = violations.filter(({ code }) => code !== 'backup');
  if (others.length === violations.length) return false;
  return others.length === 0 || waitsInLine(others);
}
