import { isLowerTier, type Tier, TIERS } from '../catalog/environment.js';
import { tellPath } from '../pipeline/promotion-path.js';
import type { BuiltInConstraint } from './constraint-kind.js';
import { SATISFIED } from './constraint.js';
import type { PromotionFacts } from './promotion-facts.js';
import type { KnownViolation } from './violation-codes.js';

const GUARDED: Tier = 'production';

/**
 * Nothing new reaches production that has not SUCCEEDED and been Healthy in a tier that a promotion path leads from.
 */
export const promoted: BuiltInConstraint = {
  kind: 'promoted',
  description:
    'In production: this chart has succeeded and been healthy in a lower tier that a promotion path leads from.',
  row: 'promoted',
  evaluate({ promotion }) {
    if (promotion === null) return SATISFIED;
    const violations = promotedViolations(promotion);
    return { satisfied: violations.length === 0, violations, metadata: {} };
  },
  objects: (candidate) =>
    candidate.tier === GUARDED ? promotedViolations(candidate.promotion) : [],
};

function promotedViolations(promotion: PromotionFacts): readonly KnownViolation[] {
  const { product, version, tier, changesVersion, runs, sourceTiers } = promotion;
  if (tier !== GUARDED || !changesVersion) return [];
  const proven = runs.filter((run) => run.proven && isLowerTier(run.tier, tier));
  if (proven.some((run) => sourceTiers.includes(run.tier))) return [];
  const closed = TIERS.filter((from) => proven.some((run) => run.tier === from));
  const closedPaths = closed.map((from) => tellPath({ from, to: tier }));
  const places = [...new Set(proven.map(({ environment }) => environment))].join(' and ');
  const chart = `this chart of ${product} ${version}`;
  const told =
    closed.length === 0
      ? `${chart} has not succeeded and been Healthy below production`
      : `${chart} has succeeded and been Healthy in ${places}, and no promotion path is open for ${closedPaths.join(' and ')}`;
  const lowerEnvironments = sourcesOf(promotion);
  return [
    {
      code: 'promoted',
      message: `${told}: ${wayOut(promotion, lowerEnvironments)}`,
      data: {
        ...{ product, version, lowerEnvironments },
        ...(closedPaths.length > 0 && { closedPaths }),
      },
    },
  ];
}

/** The environments in which it can prove itself. */
function sourcesOf({ lowerEnvironments, sourceTiers }: PromotionFacts): readonly string[] {
  return lowerEnvironments.filter(({ tier }) => sourceTiers.includes(tier)).map(({ name }) => name);
}

function wayOut({ product, sourceTiers }: PromotionFacts, sources: readonly string[]): string {
  if (sourceTiers.length === 0) {
    return 'no promotion path at all leads there; have one opened (GET /rules lists those that are), or break glass for it';
  }
  if (sources.length > 0) return `let it run in ${sources.join(' or ')} first`;
  return `no ${sourceTiers.join(' or ')} environment has an entity of ${product}; give it one there (PUT /api/v1/entities/{name}) and let it run first`;
}
