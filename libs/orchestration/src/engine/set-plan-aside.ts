import {
  movePlan,
  type Plan,
  turnWaits,
  type Violation,
  type ViolationCode,
} from '@apollo-deploy/domain';
import { recordBlocking } from '../analytics/count-plans.js';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import { laterThan } from './later-than.js';
import { markNextInLine } from './pass-slots-on.js';

const CODE = 'constraint_failed' satisfies ViolationCode;
/** Tells these from constraints that failed, in the data of the violation. */
const KIND = 'dispatch';

/**
 * Takes a PENDING plan whose dispatch met a bug out of the way: it is BLOCKED for a while, and its slots
 * are offered to those in line. A plan that somebody changed meanwhile is left to them.
 */
export async function setPlanAside(context: Context, planId: string, bug: Error): Promise<void> {
  const now = context.clock.now();
  const recheckAt = laterThan(now, now.toISOString());
  const violations: readonly Violation[] = [
    {
      code: CODE,
      message: `sending this plan met a bug (${bug.message}); it is tried again at ${recheckAt}; report it with the hub's log`,
      data: { kind: KIND, name: null },
      recheckAt,
    },
  ];
  await context.store.transact(async (unit) => {
    const plan = await unit.plans.get(planId);
    if (plan?.state !== 'PENDING') return;
    const waits = turnWaits(plan, violations, now.toISOString());
    const saved = await unit.plans.save(
      movePlan(plan, 'BLOCKED', { violations, recheckAt, waits }),
    );
    if (!saved.ok) return;
    await recordBlocking(unit, plan, saved.value);
    await record(context, unit, ENGINE, {
      action: 'plan.block',
      subject: `plan/${plan.id}`,
      detail: { violations: [CODE] },
    });
    await markNextInLine(unit, plan);
  });
}

/** What holds a plan that was set aside; nothing for every other. */
export function heldBySending({ state, violations }: Plan): readonly Violation[] {
  if (state !== 'BLOCKED') return [];
  return violations.filter(({ code, data }) => code === CODE && data['kind'] === KIND);
}
