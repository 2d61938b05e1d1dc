import { type Plan, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { presenceOf } from '../spokes/presence.js';
import { lostRace, planNotFound } from './plan-refusals.js';
import { endPlan, type PlanEnding } from './end-plan.js';

export type Resolution = 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

const ENDINGS = {
  SUCCEEDED: { state: 'SUCCEEDED' },
  FAILED: { state: 'FAILED', outcome: 'broken', interrupted: false },
  CANCELLED: { state: 'CANCELLED', cancelReason: 'cancelled' },
} as const satisfies Record<Resolution, PlanEnding>;

/**
 * A named person says what became of a plan that evidence could not tell: an UNKNOWN one, or an
 * executing one whose spoke is lost or revoked.
 */
export async function resolvePlan(
  context: Context,
  principal: Principal,
  planId: string,
  resolution: Resolution,
  reason: string,
): Promise<Result<Plan, Refusal>> {
  return context.store.transact(async (unit) => {
    const plan = await unit.plans.get(planId);
    if (plan === undefined) return err(planNotFound(planId));
    const spoke = await unit.spokes.get(plan.spoke);
    const presence =
      spoke === undefined
        ? 'lost'
        : presenceOf(spoke, { now: context.clock.now(), startedAt: context.startedAt });
    const gone = presence === 'lost' || presence === 'revoked';
    if (plan.state !== 'UNKNOWN' && !(plan.state === 'EXECUTING' && gone)) {
      return err(
        refusal(
          'plan/illegal_transition',
          plan.state === 'EXECUTING'
            ? `plan ${planId} is EXECUTING and spoke ${plan.spoke} is ${presence}; the spoke will say how it ended`
            : `plan ${planId} is ${plan.state}; only an UNKNOWN plan can be resolved`,
          { data: { state: plan.state } },
        ),
      );
    }
    // From EXECUTING only UNKNOWN may be said by a person; both moves are one transaction.
    const unknown =
      plan.state === 'UNKNOWN' ? plan : await throughUnknown(context, unit, principal, plan);
    if (unknown === undefined) return err(lostRace(planId));
    const ended = await endPlan(context, unit, unknown, ENDINGS[resolution], {
      by: principal.name,
      message: `resolved as ${resolution} by ${principal.name}: ${reason}`,
      ...(plan.evidence !== undefined && { evidence: plan.evidence }),
    });
    if (!ended) return err(lostRace(planId));
    await record(context, unit, principal, {
      action: 'plan.resolve',
      subject: `plan/${planId}`,
      detail: { resolution, reason },
    });
    const stored = await unit.plans.get(planId);
    return stored === undefined ? err(planNotFound(planId)) : ok(stored);
  });
}

async function throughUnknown(
  context: Context,
  unit: Parameters<Parameters<Context['store']['transact']>[0]>[0],
  principal: Principal,
  plan: Plan,
): Promise<Plan | undefined> {
  const moved = await endPlan(
    context,
    unit,
    plan,
    { state: 'UNKNOWN' },
    { by: principal.name, message: `spoke ${plan.spoke} is gone` },
  );
  return moved ? await unit.plans.get(plan.id) : undefined;
}
