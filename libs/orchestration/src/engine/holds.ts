import type { Hold } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Ends a hold, with the reason for the record. False if somebody else was faster. */
export async function endHold(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  hold: Hold,
  why: string,
): Promise<boolean> {
  if (!(await unit.holds.remove(hold.id))) return false;
  await record(context, unit, principal, {
    action: 'hold.end',
    subject: `entity/${hold.entity}`,
    detail: { hold: hold.id, cause: hold.cause, why },
  });
  return true;
}
