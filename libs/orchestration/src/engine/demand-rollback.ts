import { isTakenBack, type Plan, type PlanOutcome, wayBackOf } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/**
 * After a change that failed for good and touched what runs: demands the content that the plan names
 * as its rollback target, or where it names none, or one that has since been recalled, the content
 * that succeeded last and is not recalled. Nothing, if what failed had succeeded last, or the
 * environment is set not to roll back. Where all that is remembered is recalled, the content it would
 * have gone to is demanded all the same, with an alarm: the rollback waits for that recall, as it does
 * for one that is made after the failure.
 */
export async function demandRollback(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  { outcome, message }: { readonly outcome: PlanOutcome; readonly message: string },
): Promise<void> {
  if (outcome === 'refused') return;
  const environment = await unit.environments.get(plan.environment);
  if (environment?.rollbackOnFailure !== true) return;
  const baselines = await unit.baselines.ofEntities([plan.entity]);
  if (!isTakenBack(plan, baselines[0])) return;
  const recalls = await unit.recalls.ofProducts([plan.product]);
  const open = wayBackOf(plan, baselines, recalls);
  if (open === undefined) await raiseAlarm(context, unit, plan);
  const to = open ?? wayBackOf(plan, baselines, []);
  if (to === undefined) return;
  const reason = `plan ${plan.id} (${plan.type}) failed (${outcome}): ${message}`;
  await unit.rollbackDemands.put({
    id: context.ids.next(),
    entity: plan.entity,
    to,
    because: plan.id,
    reason,
    at: context.clock.now().toISOString(),
  });
  await record(context, unit, ENGINE, {
    action: 'rollback.demand',
    subject: `entity/${plan.entity}`,
    detail: { to: to.version, because: plan.id, reason },
  });
}

async function raiseAlarm(context: Context, unit: UnitOfWork, plan: Plan): Promise<void> {
  await record(context, unit, ENGINE, {
    action: 'alarm',
    subject: `entity/${plan.entity}`,
    detail: {
      cause: 'no_way_back',
      plan: plan.id,
      reason: `plan ${plan.id} failed and all that succeeded before it is recalled; withdraw a recall, name another version that is to run, or evaluate with force to try what is desired`,
    },
  });
}
