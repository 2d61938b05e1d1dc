import { underlyingState, type ReleaseState } from '@apollo-deploy/helm';
import type { OfferedContent, PlanVerdict } from '@apollo-deploy/protocol';
import { cut } from './verdicts.js';

/**
 * The verdict with the way back, where a plan has failed that adopted a release. Failed upgrades are
 * rolled back to what succeeded before them, and nothing of Apollo's did: what is there stays, and only
 * a person can take it back. `after`: the release as the plan left it.
 */
export function withFailedAdoption(
  verdict: PlanVerdict,
  content: OfferedContent,
  after: ReleaseState,
): PlanVerdict {
  if (verdict.verdict !== 'failed' || verdict.outcome === 'refused') return verdict;
  // It is tried again by itself.
  if (verdict.interrupted) return verdict;
  const { adopt, base, type, rollbackTarget } = content;
  if (adopt !== true || base === null || type === 'uninstall') return verdict;
  if (rollbackTarget !== undefined) return verdict;
  return { ...verdict, message: cut(`${verdict.message}; ${wayBack(content, base, after)}`) };
}

function wayBack(
  { releaseName, namespace, entity }: OfferedContent,
  base: NonNullable<OfferedContent['base']>,
  after: ReleaseState,
): string {
  const stays = `Apollo rolls back only to what a plan of ${entity} had brought, and this one adopted the release: it stays as it was left`;
  const on = 'mend the chart or its values for the next plan';
  const before = (underlyingState(after)?.history ?? []).findLast(
    ({ revision, status }) =>
      revision <= base.revision && (status === 'superseded' || status === 'deployed'),
  );
  if (before === undefined) return `${stays}, and no revision before it was in effect; ${on}`;
  const revision = String(before.revision);
  return `${stays}, and revision ${revision} was in effect before; ${on}, or go back by hand with "helm rollback ${releaseName} ${revision} --namespace ${namespace}"`;
}
