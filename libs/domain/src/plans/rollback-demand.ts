import { type Recall, recallOf, tellRecall } from '../catalog/recall.js';
import type { Baseline, RestorableContent } from './baseline.js';

/**
 * A rollback that is still to be carried out, because a change failed after it had touched what runs;
 * an entity has one at most.
 */
export interface RollbackDemand {
  readonly id: string;
  readonly entity: string;
  readonly to: RestorableContent;
  /** The plan that is rolled back. */
  readonly because: string;
  /** In a sentence that can stand alone. */
  readonly reason: string;
  readonly at: string;
}

/**
 * Where an entity goes back to from content that failed: to what succeeded last and is neither that
 * nor recalled; `undefined` if nothing of what is remembered is. `baselines` are newest first.
 */
export function wayBack(
  baselines: readonly Baseline[],
  failed: string | undefined,
  recalls: readonly Recall[],
): RestorableContent | undefined {
  const found = baselines.find(
    (one) => one.contentKey !== failed && recallOf(recalls, one.version) === undefined,
  );
  if (found === undefined) return undefined;
  const { version, chart, values, valuesDigest, contentKey } = found;
  return { version, chart, values, valuesDigest, contentKey };
}

/**
 * A demand as it stands with what was recalled since it was made: to other content if there is a way
 * back to some, else to the same, which then waits for the recall to be withdrawn.
 */
export function divertedDemand(
  demand: RollbackDemand,
  recalls: readonly Recall[],
  back: RestorableContent | undefined,
): RollbackDemand {
  const recall = recallOf(recalls, demand.to.version);
  if (recall === undefined || back === undefined) return demand;
  const reason = `${demand.reason}; ${demand.to.version} is ${tellRecall(recall)}`;
  return { ...demand, to: back, reason };
}
