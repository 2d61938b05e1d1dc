import type { DeploymentTarget } from './deployment.js';
import { type FollowedPlan, isToGo, type TargetFacts } from './target-facts.js';

/** Something that a deployment waits for. */
export interface Wait {
  readonly code: string;
  /** In a sentence for people. */
  readonly message: string;
  readonly entity?: string;
  readonly plan?: string;
  /** When time alone may end it; RFC 3339. */
  readonly until?: string;
}

/** What a deployment waits for at one entity. */
export function waitsOf(target: DeploymentTarget, facts: TargetFacts): readonly Wait[] {
  const { entity } = target;
  switch (target.state) {
    case 'started':
      return facts.plan === undefined || !isToGo(facts.plan)
        ? [{ entity, ...beforePlan(facts) }]
        : plannedWaits(entity, facts.plan);
    case 'executing':
      return [{ entity, ...underWay(facts.plan) }];
    case 'deployed':
      return [{ entity, code: 'health', message: `it is looked how ${entity} does` }];
    case 'rolling_back':
      return [{ entity, code: 'rollback', message: `${entity} is being rolled back` }];
    default:
      return [];
  }
}

function beforePlan({ idle }: TargetFacts): Pick<Wait, 'code' | 'message'> {
  const why = idle === undefined ? 'it is about to be evaluated' : idle.why;
  return { code: idle?.code ?? 'plan', message: `there is no plan yet: ${why}` };
}

function plannedWaits(entity: string, plan: FollowedPlan): readonly Wait[] {
  const about = { entity, plan: plan.id };
  if (plan.violations.length === 0) {
    return [{ ...about, code: 'dispatch', message: `plan ${plan.id} is about to go out` }];
  }
  return plan.violations.map(({ code, message, recheckAt }) => ({
    ...about,
    ...{ code, message },
    ...(recheckAt !== undefined && { until: recheckAt }),
  }));
}

function underWay(plan: FollowedPlan | undefined): Pick<Wait, 'code' | 'message' | 'plan'> {
  if (plan?.state !== 'UNKNOWN') {
    const id = plan === undefined ? {} : { plan: plan.id };
    return { ...id, code: 'executing', message: `plan ${plan?.id ?? ''} is executing` };
  }
  return {
    plan: plan.id,
    code: 'unknown',
    message: `nobody knows how plan ${plan.id} ended; say it once you have looked (POST /api/v1/plans/${plan.id}/resolve)`,
  };
}
