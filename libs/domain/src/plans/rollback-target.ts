import type { Recall } from '../catalog/recall.js';
import type { Baseline, RestorableContent } from './baseline.js';
import type { PlanContent, PlanType, RollbackTarget } from './plan.js';
import type { EntityFacts } from './proposal.js';
import { wayBack } from './rollback-demand.js';

/** Types whose failure leaves something that ran before worse off. */
const TAKEN_BACK: readonly PlanType[] = ['upgrade', 'config_update'];

/**
 * Whether a plan that fails after it touched what runs is to be taken back: it changed something that
 * had succeeded, and is not itself the try to restore what succeeded last.
 */
export function isTakenBack(
  { type, contentKey }: { readonly type: PlanType; readonly contentKey: string },
  newest: Baseline | undefined,
): boolean {
  return TAKEN_BACK.includes(type) && newest !== undefined && newest.contentKey !== contentKey;
}

/** The content with what it is taken back to if it fails; `key` is its content key. */
export function withRollbackTarget(
  { baseline, waysBack = [], candidates }: EntityFacts,
  content: PlanContent,
  key: string,
): PlanContent {
  if (!isTakenBack({ type: content.type, contentKey: key }, baseline)) return content;
  const back = wayBack(waysBack, key, candidates.recalls ?? []);
  return back === undefined ? content : { ...content, rollbackTarget: targetOf(back) };
}

function targetOf({ version, chart, valuesDigest }: RestorableContent): RollbackTarget {
  return { version, chartSha256: chart.sha256, valuesDigest };
}

/** Whether going there is what was approved together with a plan of this content. */
export function isRollbackTarget(
  { rollbackTarget }: Pick<PlanContent, 'rollbackTarget'>,
  to: Omit<RestorableContent, 'values' | 'contentKey'>,
): boolean {
  return (
    rollbackTarget?.version === to.version &&
    rollbackTarget.chartSha256 === to.chart.sha256 &&
    rollbackTarget.valuesDigest === to.valuesDigest
  );
}

/**
 * Where what a plan brought goes back to: to what was approved together with the plan, or where that
 * does not stand any more, to what succeeded last. `undefined` if nothing of what is remembered is
 * another content and not recalled. `baselines` are newest first.
 */
export function wayBackOf(
  { content, contentKey }: { readonly content: PlanContent; readonly contentKey: string },
  baselines: readonly Baseline[],
  recalls: readonly Recall[],
): RestorableContent | undefined {
  const approved = baselines.filter((one) => isRollbackTarget(content, one));
  return wayBack(approved, contentKey, recalls) ?? wayBack(baselines, contentKey, recalls);
}
