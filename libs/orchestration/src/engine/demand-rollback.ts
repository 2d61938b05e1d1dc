import type { Plan, PlanOutcome, PlanType } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Types whose failure leaves something that ran before worse off. */
const TAKEN_BACK: readonly PlanType[] = ['upgrade', 'config_update'];

/**
 * After a change that failed for good and touched what runs: demands the content that succeeded last,
 * unless that is what failed, or the environment is set not to roll back.
 */
export async function demandRollback(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  { outcome, message }: { readonly outcome: PlanOutcome; readonly message: string },
): Promise<void> {
  if (!TAKEN_BACK.includes(plan.type) || outcome === 'refused') return;
  const environment = await unit.environments.get(plan.environment);
  if (environment?.rollbackOnFailure !== true) return;
  const [baseline] = await unit.baselines.newestOf([plan.entity]);
  if (baseline === undefined || baseline.contentKey === plan.contentKey) return;
  const { version, chart, values, valuesDigest, contentKey } = baseline;
  const reason = `plan ${plan.id} (${plan.type}) failed (${outcome}): ${message}`;
  await unit.rollbackDemands.put({
    id: context.ids.next(),
    entity: plan.entity,
    kind: 'automatic',
    to: { version, chart, values, valuesDigest, contentKey },
    because: plan.id,
    by: ENGINE.name,
    reason,
    at: context.clock.now().toISOString(),
  });
  await record(context, unit, ENGINE, {
    action: 'rollback.demand',
    subject: `entity/${plan.entity}`,
    detail: { kind: 'automatic', to: version, because: plan.id, reason },
  });
}
