import { consumeApprovals, returnApprovals } from '@apollo-deploy/domain';
import type { ApprovalRecord } from '../ports/approval-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * A plan goes: what stands of its entity opens nothing any more, also what was said of other content,
 * for that was to come upon what ran before.
 */
export async function consumeStanding(
  unit: UnitOfWork,
  standing: readonly ApprovalRecord[],
  planId: string,
  now: Date,
): Promise<void> {
  if (standing.length === 0) return;
  const consumed = consumeApprovals(standing, now.toISOString());
  await unit.approvals.put(consumed.map((one) => ({ ...one, consumedBy: planId })));
}

/** A plan has come back with nothing touched: what it went by counts again for the same content. */
export async function giveBackConsumed(unit: UnitOfWork, planId: string): Promise<void> {
  const given = returnApprovals(await unit.approvals.consumedBy([planId]));
  if (given.length === 0) return;
  await unit.approvals.put(given.map(({ consumedBy: _, ...approval }) => approval));
}
