import type { ReleaseState } from '@apollo-deploy/helm';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { LedgerClaim } from './ledger-entry.js';
import { abandonedEnd } from './next-step.js';
import { headEvidence } from './plan-evidence.js';
import { verifyRemoval } from './verify-removal.js';
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
  const end = abandonedEnd(claim, state);
  if (end.next === 'end') return end.verdict;
  const startedAt = new Date(claim.claimedAt);
  const since = new Date(claim.verifyingSince ?? collaborators.clock.now());
  const deadlineAt = new Date(since.getTime() + claim.content.rolloutTimeoutSeconds * 1000);
  const options = { deadlineAt, abort, onProgress: () => undefined };
  if (end.next === 'verify') {
    const evidence = headEvidence(end.head);
    return verifyRollout(collaborators, { ...options, head: end.head, evidence, startedAt });
  }
  const releaseText = `${claim.content.releaseName} in ${claim.content.namespace}`;
  const refs = claim.objects;
  return verifyRemoval(collaborators, {
    ...options,
    refs,
    evidence: headEvidence(null),
    releaseText,
  });
}
