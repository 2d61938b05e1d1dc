import { headOf, underlyingState, type ReleaseState } from '@apollo-deploy/helm';
import type { PlanOffer, PlanVerdict } from '@apollo-deploy/protocol';
import { hasContent } from '../execution/release-operation-of.js';
import { hasHooks } from './kill-loop-charts.js';

/** Something said of a plan, and whether it is so. */
type Claim = readonly [lie: boolean, what: string];

/** A plan, the release before and after it, and its verdict in words. */
export interface EndedPlan {
  readonly offer: PlanOffer;
  readonly before: ReleaseState;
  readonly after: ReleaseState;
  readonly word: string;
}

/** What the verdict says and the cluster does not, or the other way about. */
export function untruths(plan: EndedPlan): readonly Claim[] {
  const { offer, before, after, word } = plan;
  const [was, is] = [headOf(before), headOf(after)];
  const history = underlyingState(after)?.history ?? [];
  const made = history.filter(({ revision }) => revision > (was?.revision ?? 0)).length;
  const untouched = was?.secretUid === is?.secretUid && was?.status === is?.status;
  const done = isInEffect(offer, after);
  return [
    [word === 'succeeded' && !done, 'it succeeded, and is not in effect'],
    [word !== 'succeeded' && done, 'it is in effect, and did not succeed'],
    [word.startsWith('declined') && !untouched, 'it was declined, and touched the release'],
    [word === 'unknown' && !runsHooks(plan), 'nobody knows, and there are no hooks'],
    [made > 1, `it made ${made} revisions`],
    [after.kind === 'locked' && !mayStandStill(plan), 'the release is stuck'],
  ];
}

/** A verdict in a few words. */
export function wordFor(verdict: PlanVerdict): string {
  if (verdict.verdict === 'failed') return `${verdict.outcome} ${verdict.reason}`;
  return verdict.verdict === 'declined' ? `declined ${verdict.reason}` : verdict.verdict;
}

export function isInEffect({ planId, content }: PlanOffer, state: ReleaseState): boolean {
  if (content.type === 'uninstall') return state.kind === 'absent';
  if (state.kind !== 'deployed' || !hasContent(state.head, content)) return false;
  if (state.head.planId === planId) return true;
  if (content.type !== 'rollback') return false;
  // Helm 3 takes no description of ours.
  const { description, revision } = state.head;
  const follows = revision === (content.base?.revision ?? 0) + 1;
  return description.includes(planId) || (follows && /^Rollback to \d+$/.test(description));
}

/** True if Helm runs hooks for this plan: those of what it brings, or of what it removes. */
function runsHooks({ offer: { content }, before }: EndedPlan): boolean {
  // An installation removes first what never worked.
  const removed = content.type === 'uninstall' || content.type === 'install';
  const versions = [content.chart?.version, removed ? headOf(before)?.chartVersion : undefined];
  return versions.some((version) => version !== undefined && hasHooks(version));
}

/** A removal whose hooks may have run is left as it is, for the next plan to go through with. */
function mayStandStill(plan: EndedPlan): boolean {
  const { after, word } = plan;
  return word === 'unknown' && after.kind === 'locked' && after.by === 'uninstall';
}
