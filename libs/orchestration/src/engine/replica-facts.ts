import { PROMOTION_PATHS, type PromotionPath } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { PresenceFacts } from '../spokes/presence.js';

/** What a replica judges entities by, besides what is stored. */
export interface ReplicaFacts extends PresenceFacts {
  /** From which tiers a version may come to which. */
  readonly promotionPaths: readonly PromotionPath[];
}

/** As of now, or of an instant that the caller has taken before. */
export function replicaFacts(
  { clock, startedAt, promotionPaths = PROMOTION_PATHS }: Omit<Context, 'store'>,
  now: Date = clock.now(),
): ReplicaFacts {
  return { now, startedAt, promotionPaths };
}
