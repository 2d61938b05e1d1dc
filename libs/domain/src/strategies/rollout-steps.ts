import type { DeclaredStrategy, RolloutValues } from './rollout.js';

/** Shares of a canary, in percent. */
const CANARY_WEIGHTS = [20, 50, 100] as const;
/** Both run before anything goes to the candidate. */
const BLUE_GREEN_WEIGHTS = [0, 100] as const;

/**
 * What a chart is told step by step while `candidate` takes the place of `stable`. The last but one is
 * the handover: the stable workload gets the candidate's version too while the candidate serves. `null`
 * is the last: nothing is said, the stable workload serves and the candidate's is gone.
 */
export function rolloutSteps(
  strategy: DeclaredStrategy,
  { stable, candidate }: Pick<RolloutValues, 'stable' | 'candidate'>,
): readonly [RolloutValues, ...(RolloutValues | null)[]] {
  const at = (weight: number): RolloutValues => ({ strategy, stable, candidate, weight });
  const [first, ...others] = strategy === 'canary' ? CANARY_WEIGHTS : BLUE_GREEN_WEIGHTS;
  const handover: RolloutValues = { strategy, stable: candidate, candidate, weight: 100 };
  return [at(first), ...others.map(at), handover, null];
}
