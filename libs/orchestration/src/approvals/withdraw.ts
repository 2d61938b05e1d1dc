import { type Refusal, withdrawApproval } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { lockPlan } from './plan-in-question.js';

/**
 * A person takes back whatever that person had said yes to for the entity of a plan, until it goes; of a
 * plan that has ended, what still stands of that for the same content. Refused with `plan/not_found`,
 * `approval/too_late` or `approval/not_given`.
 */
export async function withdraw(
  context: Context,
  principal: Principal,
  planId: string,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const locked = await lockPlan(unit, planId);
    if (!locked.ok) return locked;
    const plan = locked.value;
    const approvals = await unit.approvals.standing([plan.entity]);
    const facts = { now: context.clock.now(), approvals };
    const withdrawn = withdrawApproval(principal.name, { plan, facts });
    if (!withdrawn.ok) return withdrawn;
    const changed = withdrawn.value.filter(({ withdrawnAt }) => withdrawnAt !== undefined);
    await unit.approvals.put(changed);
    await unit.dirty.mark([plan.entity]);
    await record(context, unit, principal, {
      action: 'approval.withdraw',
      subject: `plan/${planId}`,
      detail: { approvals: changed.map(({ id }) => id) },
    });
    return ok(undefined);
  });
}
