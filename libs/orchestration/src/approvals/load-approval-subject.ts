import {
  type ApprovalSubject,
  type Authors,
  type Entity,
  isStepOf,
  type Plan,
  type Refusal,
  rolloutIn,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { coveringPlan } from '../engine/covering-plan.js';
import { planNotFound } from '../engine/plan-refusals.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { authorsOfContent } from './authors-of-content.js';

/** What decides who must agree to a plan, and whose work it is. */
export interface PlanForApproval {
  readonly plan: Plan;
  readonly subject: ApprovalSubject;
  readonly authors: Authors;
}

/** Looks up what approval rules ask of a plan. Refuses with `plan/not_found`. */
export async function loadApprovalSubject(
  unit: UnitOfWork,
  planId: string,
): Promise<Result<PlanForApproval, Refusal>> {
  const plan = await unit.plans.get(planId);
  if (plan === undefined) return err(planNotFound(planId));
  const environment = await unit.environments.get(plan.environment);
  const product = await unit.products.get(plan.product);
  const entity = await unit.entities.get(plan.entity);
  if (environment === undefined || product === undefined || entity === undefined) {
    throw new InvariantViolation(`plan ${planId} is of things that are not there`);
  }
  const subject: ApprovalSubject = {
    environment: environment.name,
    tier: environment.tier,
    planType: plan.type,
    planClass: plan.planClass,
    criticality: product.criticality,
    product: product.name,
    strategy: rolloutIn(plan.values)?.strategy ?? plan.content.strategy,
    covered: (await coveringPlan(unit, plan)) !== undefined || (await goesOn(unit, plan)),
  };
  return ok({ plan, subject, authors: await authorsOfPlan(unit, plan, entity) });
}

/** Whether it is a later step of a strategy whose first plan was agreed to. */
async function goesOn(unit: UnitOfWork, plan: Plan): Promise<boolean> {
  const first = plan.stepOf === undefined ? undefined : await unit.plans.get(plan.stepOf);
  return first !== undefined && isStepOf(plan, first);
}

async function authorsOfPlan(unit: UnitOfWork, plan: Plan, entity: Entity): Promise<Authors> {
  const { product, to } = plan;
  const [baseline] = await unit.baselines.newestOf([entity.name]);
  const release = to === null ? undefined : await unit.releases.get(product, to.version);
  const channelEntries =
    'channel' in entity.desired ? await unit.channels.ofProducts([product]) : [];
  return authorsOfContent(plan, { entity, baseline, release, channelEntries });
}
