import {
  type Entity,
  type EntityFacts,
  movePlan,
  namesOtherContent,
  type Plan,
  recallOf,
  type RollbackDemand,
  tellRecall,
} from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { recordEnding } from '../analytics/count-plans.js';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE, type Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadDemands } from './load-demands.js';
import { holdAfterFailedRollback, holdAfterRollback } from './holds.js';

/** The demand that a rollback plan carries out; `undefined` for one that follows a person's pin. */
export async function demandOf(unit: UnitOfWork, plan: Plan): Promise<RollbackDemand | undefined> {
  if (plan.type !== 'rollback') return undefined;
  const [demand] = await unit.rollbackDemands.ofEntities([plan.entity]);
  return demand?.because === plan.rollbackOf ? demand : undefined;
}

/**
 * A rollback plan SUCCEEDED: its demand is served, a hold keeps what it brought, and the plan that it
 * rolled back says so. One that had FAILED is now ROLLED_BACK; one that had SUCCEEDED stays so.
 */
export async function afterRollback(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  demand: RollbackDemand | undefined,
): Promise<void> {
  if (demand !== undefined) await unit.rollbackDemands.remove(plan.entity);
  const undone = plan.rollbackOf === undefined ? undefined : await unit.plans.get(plan.rollbackOf);
  await holdAfterRollback(context, unit, plan, undone);
  if (undone === undefined) return;
  const linked = { rolledBackBy: plan.id };
  const saved = await unit.plans.save(
    undone.state === 'FAILED' ? movePlan(undone, 'ROLLED_BACK', linked) : { ...undone, ...linked },
  );
  if (!saved.ok) {
    throw new InvariantViolation(`plan ${undone.id} had ended and was written by somebody else`);
  }
  await recordEnding(unit, undone, saved.value);
  await record(context, unit, ENGINE, {
    action: 'plan.roll_back',
    subject: `plan/${undone.id}`,
    detail: { state: saved.value.state, rolledBackBy: plan.id },
  });
}

/**
 * A rollback plan FAILED, or came back from its spoke too often: there is no second one, what failed
 * stays as it is, and only a person moves on from here, past the hold that it leaves.
 */
export async function onRollbackFailed(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  demand: RollbackDemand | undefined,
): Promise<void> {
  await dropDemand(context, unit, demand, `rollback plan ${plan.id} did not succeed`);
  await holdAfterFailedRollback(context, unit, plan);
}

/** A demand that will not be carried out any more. */
export async function dropDemand(
  context: Context,
  unit: UnitOfWork,
  demand: RollbackDemand | undefined,
  reason: string,
): Promise<void> {
  if (demand === undefined) return;
  await unit.rollbackDemands.remove(demand.entity);
  await record(context, unit, ENGINE, {
    action: 'rollback.drop',
    subject: `entity/${demand.entity}`,
    detail: { to: demand.to.version, reason },
  });
}

/**
 * A person who names other content than what an automatic rollback is to bring wants that instead,
 * unless the rollback is on its way; its plan, if it waits, is superseded by the evaluation to come.
 */
export async function dropDemandGonePast(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { before, after }: { readonly before: Entity | undefined; readonly after: Entity },
): Promise<void> {
  if (before === undefined) return;
  const [demand] = await loadDemands(unit, [after]);
  if (demand === undefined) return;
  if (!namesOtherContent({ entity: after.name, fixes: demand.to }, before, after)) return;
  const open = await unit.plans.openOf([after.name]);
  if (open.some(({ state }) => state === 'EXECUTING' || state === 'UNKNOWN')) return;
  await dropDemand(context, unit, demand, `${principal.name} wants other content`);
}

/**
 * Gives up a rollback that cannot be carried out: where nothing is installed any more there is nothing
 * to go back from, and where all it could go back to is recalled, a person who asks for another try
 * does not wait for that. Answers the facts without it.
 */
export async function dropVainDemand(
  context: Context,
  unit: UnitOfWork,
  facts: EntityFacts,
  forced: boolean,
): Promise<EntityFacts> {
  const { rollbackDemand, ...others } = facts;
  const vain = rollbackDemand && whyVain(rollbackDemand, facts, forced);
  if (vain === undefined) return facts;
  await dropDemand(context, unit, rollbackDemand, vain);
  return others;
}

function whyVain(
  { to }: RollbackDemand,
  { reported, candidates }: EntityFacts,
  forced: boolean,
): string | undefined {
  const release = reported?.release;
  if (release === null || release?.helmStatus === 'uninstalled') {
    return 'the release is not there any more';
  }
  const recall = forced ? recallOf(candidates.recalls ?? [], to.version) : undefined;
  if (recall === undefined) return undefined;
  return `a person asked for another try, and ${to.version} is ${tellRecall(recall)}`;
}
