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
 * after one that failed when its next try has come, and never for a deployment, which ends by that. True
 * if it did.
 */
export async function requestBackup(
  context: Context,
  unit: UnitOfWork,
  { violations }: ConstraintResult,
  { now, entity, backup: { base, record, since } }: PlanFacts,
): Promise<boolean> {
  if (!wantsOnlyBackup(violations) || base === null) return false;
  const mayTry =
    record === null ||
    (record.status === 'failed' && since === undefined && now >= new Date(nextTryAt(record)));
  if (!mayTry) return false;
  const provider = context.backups ?? releaseSnapshots;
  await unit.backups.put({
    entity: entity.name,
    releaseDigest: base,
    status: 'requested',
    by: provider.name,
    covers: provider.covers,
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
