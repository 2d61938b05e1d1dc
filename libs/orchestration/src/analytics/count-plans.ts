import {
  countsOfApproval,
  countsOfBlocking,
  countsOfEnding,
  type Plan,
} from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * Counts a plan that has just been saved in its last state, or as rolled back; `before` is the plan
 * it was. To be called in the transaction that saved it, so that a plan counts exactly once.
 */
export async function recordEnding(unit: UnitOfWork, before: Plan, ended: Plan): Promise<void> {
  await unit.analytics.add(countsOfEnding(before.state, ended));
}

/** Counts what blocks a plan for the first time; `before` is absent if the plan is new. */
export async function recordBlocking(
  unit: UnitOfWork,
  before: Plan | undefined,
  blocked: Plan,
): Promise<void> {
  await unit.analytics.add(countsOfBlocking(before, blocked));
}

/** Counts an approval that has just been given; as the last thing in its transaction. */
export async function recordApproval(
  unit: UnitOfWork,
  plan: Plan,
  approval: { readonly by: string; readonly at: string },
): Promise<void> {
  await unit.analytics.add(countsOfApproval(plan, approval));
}
