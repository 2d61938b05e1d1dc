import { waitsForLedger } from '../constraints/spoke-ready.js';
import type { Decline } from './decline.js';
import type { EntityFacts, ProposedPlan, ProposeOptions } from './proposal.js';

/** What speaks against a plan with this content; nothing does where a person forces it. */
export function declineOf(
  facts: EntityFacts,
  draft: ProposedPlan,
  { force = false }: ProposeOptions,
): Decline | undefined {
  if (force) return undefined;
  return standingDecline(facts, draft) ?? failedRollback(facts, draft);
}

/**
 * An open plan with this content was asked for, or is older than the decline: it stays. One that has only
 * waited for the ledger that brought the decline does not.
 */
function standingDecline(facts: EntityFacts, draft: ProposedPlan): Decline | undefined {
  const { openPlan } = facts;
  if (openPlan?.contentKey === draft.contentKey) {
    if (openPlan.forced === true || !waitsForLedger(openPlan)) return undefined;
  }
  return facts.declines.find(
    ({ contentKey: key, standing }) => standing && key === draft.contentKey,
  );
}

/**
 * The failure of the very rollback that a person's pin would bring again: the hold that it left gives
 * way to another rollback, and not to that one, unless a person forced it.
 */
function failedRollback(
  { hold, declines, openPlan }: EntityFacts,
  { planClass, contentKey: key }: ProposedPlan,
): Decline | undefined {
  if (hold?.cause !== 'rollback_failed' || planClass !== 'requested_rollback') return undefined;
  if (openPlan?.forced === true && openPlan.contentKey === key) return undefined;
  return declines.find((one) => one.planId === hold.planId && one.contentKey === key);
}
