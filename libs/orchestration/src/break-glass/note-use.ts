import { glassesIn, type Noted, type Plan, usedBy } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { deedOn } from './deed-on.js';
import { keepBreakGlass } from './lock-break-glass.js';

/**
 * Notes with each break-glass by which a plan goes that it does. To be called in the transaction that
 * dispatches the plan, which has the environment locked. Answers their ids.
 */
export async function noteUse(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { plan, noted }: { readonly plan: Plan; readonly noted: readonly Noted[] },
): Promise<readonly string[]> {
  const ids = glassesIn(noted);
  for (const id of ids) {
    const glass = await unit.breakGlasses.get(id);
    if (glass === undefined) throw new InvariantViolation(`break-glass ${id} is gone`);
    const used = await keepBreakGlass(unit, usedBy(glass, plan.id));
    const codes = noted.filter((one) => glassesIn([one]).includes(id)).map(({ code }) => code);
    const detail = { plan: plan.id, entity: plan.entity, waived: [...new Set(codes)] };
    await record(context, unit, principal, deedOn(used, 'use', detail));
  }
  return ids;
}
