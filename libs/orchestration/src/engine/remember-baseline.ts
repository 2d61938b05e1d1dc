import { type Plan, rolloutIn } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * What a plan that SUCCEEDED leaves to go back to: its content, as the newest baseline. After an
 * uninstall there is nothing to go back to, and what comes later is new. A step of a strategy leaves none: nobody
 * goes back to half of the way.
 */
export async function rememberBaseline(unit: UnitOfWork, plan: Plan, at: string): Promise<void> {
  if (rolloutIn(plan.values) !== undefined) return;
  const { content, entityVersion } = plan;
  const { chart, valuesDigest } = content;
  if (plan.type === 'uninstall') return unit.baselines.removeOf(plan.entity);
  if (chart === null || valuesDigest === null) {
    throw new InvariantViolation(`plan ${plan.id} of type ${plan.type} has no content`);
  }
  await unit.baselines.put({
    entity: plan.entity,
    planId: plan.id,
    version: chart.version,
    chart,
    values: plan.values,
    valuesDigest,
    contentKey: plan.contentKey,
    ...(entityVersion !== undefined && { entityVersion }),
    at,
    how: 'plan',
  });
}
