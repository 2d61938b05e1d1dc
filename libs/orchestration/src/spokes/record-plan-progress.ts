import { PLAN_PHASES, type PlanPhase, type Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/**
 * Notes how far a plan has come. A phase never goes back, and what is said of a plan that has ended,
 * or is not this spoke's, is ignored.
 */
export async function recordPlanProgress(
  context: Context,
  session: SpokeSession,
  planId: string,
  phase: PlanPhase,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const plan = await unit.plans.get(planId);
    if (plan?.spoke !== session.spoke || plan.state !== 'EXECUTING') return ok(undefined);
    if (PLAN_PHASES.indexOf(phase) <= PLAN_PHASES.indexOf(plan.phase ?? 'dispatched')) {
      return ok(undefined);
    }
    const saved = await unit.plans.save({ ...plan, phase });
    if (saved.ok && phase === 'claimed') {
      await record(
        context,
        unit,
        { kind: 'spoke', name: session.spoke, roles: [] },
        { action: 'plan.claim', subject: `plan/${planId}` },
      );
    }
    return ok(undefined);
  });
}
