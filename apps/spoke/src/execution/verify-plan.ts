import type { HelmReport } from '@apollo-deploy/helm';
import type { PlanVerdict } from '@apollo-deploy/protocol';
import type { LedgerClaim } from './ledger-entry.js';
import { evidenceOf } from './plan-evidence.js';
import type { RunControl } from './run-control.js';
import { cut } from './verdicts.js';
import { verifyRemoval } from './verify-removal.js';
import { verifyRollout, type VerifyCollaborators } from './verify-rollout.js';

const FORGOTTEN =
  'its history holds no revision of a plan with this content, so it was upgraded to the recorded chart and values';

/**
 * What came of a plan that Helm has carried out, by looking at the cluster. The rollout's time runs
 * from `since`. Null if stopped.
 */
export async function verifyPlan(
  collaborators: VerifyCollaborators,
  { claim, report, since }: { claim: LedgerClaim; report: HelmReport; since: Date },
  { stopping, onProgress }: Pick<RunControl, 'stopping' | 'onProgress'>,
): Promise<PlanVerdict | null> {
  const { content, claimedAt } = claim;
  const options = {
    deadlineAt: new Date(since.getTime() + content.rolloutTimeoutSeconds * 1000),
    evidence: evidenceOf(report),
    abort: stopping,
    onProgress: (message: string) => onProgress('verifying', message),
  };
  if (content.type !== 'uninstall' && report.head !== null) {
    const startedAt = new Date(claimedAt);
    const { head } = report;
    const verdict = await verifyRollout(collaborators, { ...options, head, startedAt });
    // A rollback of Helm's carries the labels of the revision it went back to.
    const upgraded = content.type === 'rollback' && head.planId === claim.planId;
    if (verdict === null || !upgraded) return verdict;
    return { ...verdict, message: cut(`${verdict.message}; ${FORGOTTEN}`) };
  }
  const releaseText = `${content.releaseName} in ${content.namespace}`;
  return verifyRemoval(collaborators, { ...options, refs: claim.objects, releaseText });
}
