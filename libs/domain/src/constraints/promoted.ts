import { isLowerTier, type Tier } from '../catalog/environment.js';
import type { BuiltInConstraint } from './constraint-kind.js';
import { SATISFIED } from './constraint.js';
import type { PromotionFacts } from './promotion-facts.js';
import type { KnownViolation } from './violation-codes.js';

const GUARDED: Tier = 'production';

/** Nothing new reaches production that has not SUCCEEDED and been Healthy in a lower tier. */
export const promoted: BuiltInConstraint = {
  kind: 'promoted',
  description: 'In production: this chart has succeeded and been healthy in a lower tier.',
  row: 'promoted',
  evaluate({ promotion }) {
    if (promotion === null) return SATISFIED;
    const violations = promotedViolations(promotion);
    return { satisfied: violations.length === 0, violations, metadata: {} };
  },
  objects: (candidate) =>
    candidate.tier === GUARDED ? promotedViolations(candidate.promotion) : [],
};

function promotedViolations({
  product,
  version,
  tier,
  changesVersion,
  runs,
  lowerEnvironments,
}: PromotionFacts): readonly KnownViolation[] {
  if (tier !== GUARDED || !changesVersion) return [];
  if (runs.some((run) => run.proven && isLowerTier(run.tier, tier))) return [];
  const wayOut =
    lowerEnvironments.length === 0
      ? `no development or staging environment has an entity of ${product}; give it one there (PUT /api/v1/entities/{name}) and let it run first`
      : `let it run in ${lowerEnvironments.join(' or ')} first`;
  return [
    {
      code: 'promoted',
      message: `this chart of ${product} ${version} has not succeeded and been Healthy below production: ${wayOut}`,
      data: { product, version, lowerEnvironments },
    },
  ];
}
