import type { Plan } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import type { OrchestrationEngine, Page } from '@apollo-deploy/orchestration';
import { type PlanView, planView } from './plan-views.js';

type Engine = Pick<OrchestrationEngine, 'withApprovals'>;

/** A plan with who must agree to it, as of now. */
export async function showPlan(engine: Engine, plan: Plan): Promise<PlanView> {
  const [shown] = await engine.withApprovals([plan]);
  if (shown === undefined) throw new InvariantViolation(`plan ${plan.id} got lost`);
  return planView(shown.plan, shown.approval, shown.deployment);
}

/** A page of plans, in the same way. */
export async function showPlans(
  engine: Engine,
  { items, ...rest }: Page<Plan>,
): Promise<Page<PlanView>> {
  const shown = await engine.withApprovals(items);
  return {
    ...rest,
    items: shown.map(({ plan, approval, deployment }) => planView(plan, approval, deployment)),
  };
}
