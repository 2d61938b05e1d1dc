import type { ReportedRelease } from '../catalog/entity.js';
import { contentKey, type PlanContent } from './plan.js';
import type { EntityFacts, ProposedPlan } from './proposal.js';
import type { RollbackDemand } from './rollback-demand.js';

/** There is a release to go back from, and no Helm operation holds it. */
function mayRollBack(release: ReportedRelease | null): release is ReportedRelease {
  if (release === null) return false;
  return release.helmStatus !== 'uninstalling' && !release.helmStatus.startsWith('pending-');
}

/** The rollback that was demanded, if any, whatever the versions compare and whatever was declined. */
export function demandedRollback(
  facts: EntityFacts,
  reported: ReportedRelease | null,
): ProposedPlan | undefined {
  const { rollbackDemand } = facts;
  if (rollbackDemand === undefined || !mayRollBack(reported)) return undefined;
  return rollbackTo(facts, rollbackDemand, reported);
}

function rollbackTo(
  { entity, product, hold, suppression }: EntityFacts,
  { to, because, reason }: RollbackDemand,
  reported: ReportedRelease,
): ProposedPlan {
  const content: PlanContent = {
    entity: entity.name,
    spoke: entity.spoke,
    namespace: entity.namespace,
    releaseName: entity.releaseName,
    type: 'rollback',
    base: { revision: reported.revision, releaseDigest: reported.releaseDigest },
    chart: to.chart,
    valuesDigest: to.valuesDigest,
    strategy: entity.strategy,
    rolloutTimeoutSeconds: product.rolloutTimeoutSeconds,
  };
  return {
    type: 'rollback',
    content,
    contentKey: contentKey(content),
    values: to.values,
    from: { version: reported.version, revision: reported.revision },
    to: { version: to.version },
    reason: `${reason}; ${product.name} goes back to ${to.version}`,
    passedOver: [],
    askedFor: false,
    restraints: {
      ...(hold !== undefined && { hold }),
      ...(suppression !== undefined && { suppression }),
    },
    planClass: 'automatic_rollback',
    rollbackOf: because,
  };
}
