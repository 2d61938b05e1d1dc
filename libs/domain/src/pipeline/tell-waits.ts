import type { Violation } from '../constraints/violation.js';
import { tellStep } from '../strategies/target-rollout.js';
import type { DeploymentTarget } from './deployment.js';
import { askedAgainAt, givenUpAt } from './take-look.js';
import { type FollowedPlan, isToGo, type TargetFacts } from './target-facts.js';

/** Something that a deployment waits for. */
export interface Wait {
  readonly code: string;
  /** In a sentence for people. */
  readonly message: string;
  /** What it speaks of: names, identifiers, versions, instants; by code. */
  readonly data?: Violation['data'];
  readonly entity?: string;
  readonly plan?: string;
  /** When time alone may end it; RFC 3339. */
  readonly until?: string;
}

/** What a deployment waits for at one entity. */
export function waitsOf(target: DeploymentTarget, facts: TargetFacts): readonly Wait[] {
  return waitsAt(target, facts).map((wait) => ({ entity: target.entity, ...wait }));
}

function waitsAt(target: DeploymentTarget, facts: TargetFacts): readonly Wait[] {
  const { entity } = target;
  switch (target.state) {
    case 'started':
      return facts.plan === undefined || !isToGo(facts.plan)
        ? beforePlan(entity, facts)
        : plannedWaits(facts.plan);
    case 'executing':
      return [underWay(target, facts)];
    case 'deployed':
      return [lookWait(target, facts)];
    case 'rolling_back':
      return goingBack(target, facts);
    default:
      return [];
  }
}

function lookWait(target: DeploymentTarget, { spoke, changedBy }: TargetFacts): Wait {
  const look = tellLook(target);
  const { unseen } = target;
  if (spoke === 'heard' && changedBy !== undefined) {
    const message = `${look} once plan ${changedBy}, which is executing there, has ended`;
    return { code: 'executing', message, plan: changedBy };
  }
  if (spoke === 'heard' && unseen !== undefined) {
    const asked = `is asked again every half minute until ${givenUpAt(unseen)}`;
    return {
      code: 'health_unanswered',
      message: `${look} once that is answered, which ${asked}: ${unseen.why}`,
      until: askedAgainAt(unseen),
    };
  }
  if (spoke === 'heard') return { code: 'health', message: look };
  const message = `${look} once spoke ${target.spoke} is heard again and has said what runs there`;
  return { code: 'spoke_ready', message };
}

function tellLook(target: DeploymentTarget): string {
  const { entity, fellIllAt } = target;
  if (fellIllAt === undefined) return `it is looked how ${entity} does${tellStep(target)}`;
  return `${entity} was found healthy and has been ill since ${fellIllAt}: it is looked again how it does`;
}

function beforePlan(entity: string, { first, hold, idle }: TargetFacts): readonly Wait[] {
  if (first !== undefined) {
    const back = first.version ?? 'nothing';
    return rollbackWaits(`${entity} goes back to ${back} first, as a change of it failed`, first);
  }
  if (hold !== undefined) {
    return [{ code: 'hold', message: hold.message, data: { hold: hold.id } }];
  }
  const why = idle === undefined ? 'it is about to be evaluated' : idle.why;
  return [{ code: idle?.code ?? 'plan', message: `there is no plan yet: ${why}` }];
}

/** A rollback, and what holds its plan. */
function rollbackWaits(
  message: string,
  rollback: TargetFacts['rollback'] | TargetFacts['first'],
): readonly Wait[] {
  if (typeof rollback !== 'object' || !('id' in rollback)) return [{ code: 'rollback', message }];
  const about = { plan: rollback.id };
  const held = rollback.violations.map((violation) => ({ ...about, ...waitFor(violation) }));
  return [{ ...about, code: 'rollback', message }, ...held];
}

/** One that is lost does not say how it ended: whatever comes after waits until a person has. */
function goingBack({ entity, spoke }: DeploymentTarget, facts: TargetFacts): readonly Wait[] {
  const { rollback } = facts;
  const waits = rollbackWaits(`${entity} is being rolled back`, rollback);
  if (typeof rollback === 'object' && rollback.state === 'UNKNOWN') return [unknown(rollback.id)];
  if (facts.spoke !== 'lost' || typeof rollback !== 'object') return waits;
  if (rollback.state === 'EXECUTING') return [lostWith(rollback.id, spoke)];
  if (!isToGo(rollback)) return waits;
  const message = `plan ${rollback.id} is to roll ${entity} back, and spoke ${spoke} is lost; if that does not come back, cancel the plan (POST /api/v1/plans/${rollback.id}/cancel, apolloctl cancel ${rollback.id}), and the deployment ends`;
  return [{ code: 'spoke_lost', message, data: { spoke }, plan: rollback.id }, ...waits.slice(1)];
}

function lostWith(plan: string, spoke: string): Wait {
  const message = `plan ${plan} is executing, and spoke ${spoke} is lost; if that does not come back, look in its cluster and say how the plan ended (POST /api/v1/plans/${plan}/resolve, apolloctl resolve ${plan})`;
  return { code: 'spoke_lost', message, data: { spoke }, plan };
}

function plannedWaits({ id, violations, manual }: FollowedPlan): readonly Wait[] {
  const about = { plan: id };
  const held = violations.map((violation) => ({ ...about, ...waitFor(violation) }));
  if (manual === true) {
    const message = `a person has to start plan ${id}`;
    return [...held, { ...about, code: 'manual_execution', message }];
  }
  if (held.length > 0) return held;
  return [{ ...about, code: 'dispatch', message: `plan ${id} is about to go out` }];
}

function waitFor({ code, message, data, recheckAt }: Violation): Wait {
  return { code, message, data, ...(recheckAt !== undefined && { until: recheckAt }) };
}

function underWay({ spoke: name }: DeploymentTarget, { plan, spoke }: TargetFacts): Wait {
  if (plan?.state === 'UNKNOWN') return unknown(plan.id);
  if (plan !== undefined && spoke === 'lost') return lostWith(plan.id, name);
  const id = plan === undefined ? {} : { plan: plan.id };
  return { ...id, code: 'executing', message: `plan ${plan?.id ?? ''} is executing` };
}

function unknown(plan: string): Wait {
  return {
    plan,
    code: 'unknown',
    message: `nobody knows how plan ${plan} ended; say it once you have looked (POST /api/v1/plans/${plan}/resolve, apolloctl resolve ${plan})`,
  };
}
