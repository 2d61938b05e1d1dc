import type { DeclaredStrategy, RolloutValues } from './rollout.js';

/** The candidate's shares before the handover, in percent. */
const SHARES: Readonly<Record<DeclaredStrategy, readonly number[]>> = {
  canary: [20, 50, 100],
  // Both run before anything goes to the candidate.
  blue_green: [0, 100],
  // There is nothing beside the stable workload.
  immediate: [],
};

/**
 * What a chart is told step by step while `candidate` takes the place of `stable`. The last but one is
 * the handover: the stable workload gets the candidate's version too, while the candidate serves where
 * there are two. `null` is the last: nothing is said, the stable workload serves and the candidate's is
 * gone.
 */
export function rolloutSteps(
  strategy: DeclaredStrategy,
  { stable, candidate }: Pick<RolloutValues, 'stable' | 'candidate'>,
): readonly [RolloutValues, ...(RolloutValues | null)[]] {
  const shares = SHARES[strategy].map((weight) => ({ strategy, stable, candidate, weight }));
  const handover: RolloutValues = { strategy, stable: candidate, candidate, weight: 100 };
  const [first = handover, ...others] = [...shares, handover];
  return [first, ...others, null];
}
