import { headOf, underlyingState, type ReleaseState } from '@apollo-deploy/helm';
import type { PlanOffer, PlanVerdict } from '@apollo-deploy/protocol';
import { hasContent } from '../execution/release-operation-of.js';
import { hasHooks, OBJECT_SUFFIXES } from './kill-loop-charts.js';

/** Something said of a plan, and whether it is so. */
type Claim = readonly [lie: boolean, what: string];

/** What each live object of the release says, by its name. */
export type LiveTexts = Readonly<Record<string, string>>;

/** A plan, the release before and after it, and its verdict in words. */
export interface EndedPlan {
  readonly offer: PlanOffer;
  readonly before: ReleaseState;
  readonly after: ReleaseState;
  readonly word: string;
  /** The live objects themselves, whatever Helm has written down of them. */
  readonly live: { readonly before: LiveTexts; readonly after: LiveTexts };
  /** How often the API server made each hook's Job for this plan. */
  readonly hookRuns: Readonly<Record<string, number>>;
}

/** What the verdict says and the cluster does not, or the other way about. */
export function untruths(plan: EndedPlan): readonly Claim[] {
  const { offer, before, after, word, live, hookRuns } = plan;
  const was = headOf(before);
  const history = underlyingState(after)?.history ?? [];
  const made = history.filter(({ revision }) => revision > (was?.revision ?? 0)).length;
  const done = isInEffect(offer, after);
  const untouched = /^(declined|refused)\b/.test(word);
  const again = Object.entries(hookRuns).filter(([, runs]) => runs > 1);
  return [
    [word === 'succeeded' && !done, 'it succeeded, and is not in effect'],
    [word === 'succeeded' && !isLive(offer, live.after), 'it succeeded, and is not what is live'],
    [word !== 'succeeded' && done, 'it is in effect, and did not succeed'],
    [untouched && isTouched(plan), 'it was turned away, and touched the release'],
    [isOutOfPlace(word), 'it was declined for what never happened here'],
    [word === 'unknown' && !runsHooks(plan), 'nobody knows, and there are no hooks'],
    [made > 1, `it made ${made} revisions`],
    [again.length > 0, `its hooks ran again: ${again.map((run) => run.join(' × ')).join(', ')}`],
    [after.kind === 'locked' && !mayStandStill(plan), 'the release is stuck'],
  ];
}

/** A verdict in a few words. */
export function wordFor(verdict: PlanVerdict): string {
  if (verdict.verdict === 'failed') return `${verdict.outcome} ${verdict.reason}`;
  return verdict.verdict === 'declined' ? `declined ${verdict.reason}` : verdict.verdict;
}

function isInEffect({ planId, content }: PlanOffer, state: ReleaseState): boolean {
  if (content.type === 'uninstall') return state.kind === 'absent';
  if (state.kind !== 'deployed' || !hasContent(state.head, content)) return false;
  if (state.head.planId === planId) return true;
  if (content.type !== 'rollback') return false;
  // Helm 3 takes no description of ours.
  const { description, revision } = state.head;
  const follows = revision === (content.base?.revision ?? 0) + 1;
  return description.includes(planId) || (follows && /^Rollback to \d+$/.test(description));
}

function isLive({ content, values }: PlanOffer, live: LiveTexts): boolean {
  if (content.type === 'uninstall') return Object.keys(live).length === 0;
  const text = String((values as Readonly<Record<string, unknown>>)['text']);
  const wanted = OBJECT_SUFFIXES.map((suffix) => `${content.releaseName}-${suffix}`);
  return Object.keys(live).length === wanted.length && wanted.every((name) => live[name] === text);
}

function isTouched({ before, after, live, hookRuns }: EndedPlan): boolean {
  const [was, is] = [headOf(before), headOf(after)];
  if (was?.secretUid !== is?.secretUid || was?.status !== is?.status) return true;
  return Object.keys(hookRuns).length > 0 || !isSame(live.before, live.after);
}

function isSame(one: LiveTexts, other: LiveTexts): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}

/** No plan of the loop expires, is cancelled or has a window. */
function isOutOfPlace(word: string): boolean {
  return /^declined (expired|cancelled|window)/.test(word);
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
