import { headOf, type ReleaseState } from '@apollo-deploy/helm';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { LedgerClaim } from './ledger-entry.js';
import { headEvidence } from './plan-evidence.js';
import { isUntouched } from './plan-facts.js';
import { hasContent } from './release-operation-of.js';
import { declined, unknown } from './verdicts.js';
import { verifyRollout, type VerifyCollaborators } from './verify-rollout.js';

/**
 * The verdict on a plan that a dead process had claimed and that the hub does not offer again, from
 * what is left of it. Nothing is run. Null if aborted.
 */
export async function settleAbandoned(
  collaborators: VerifyCollaborators,
  claim: LedgerClaim,
  state: ReleaseState,
  abort: AbortSignal,
): Promise<PlanVerdict | null> {
  const head = headOf(state);
  const { content, planId } = claim;
  const evidence = headEvidence(head);
  const release = `${content.releaseName} in ${content.namespace}`;
  if (isUntouched(content, state)) {
    const message = `the spoke ended after it had claimed ${release} and before Helm began`;
    return declined('interrupted', message, evidence);
  }
  if (state.kind === 'deployed' && head?.planId === planId && hasContent(head, content)) {
    const startedAt = new Date(claim.claimedAt);
    const since = new Date(claim.verifyingSince ?? collaborators.clock.now());
    const deadlineAt = new Date(since.getTime() + content.rolloutTimeoutSeconds * 1000);
    const onProgress = (): void => undefined;
    return verifyRollout(collaborators, {
      ...{ head: state.head, startedAt, deadlineAt, evidence, abort, onProgress },
    });
  }
  const message = `the spoke ended while plan ${planId} was at work on ${release}; look at what is there, then end the plan by hand`;
  return unknown(message, evidence);
}
