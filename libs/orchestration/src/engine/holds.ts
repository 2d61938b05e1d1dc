import { type Entity, type Hold, namesOtherContent } from '@apollo-deploy/domain';
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

/** Ends a hold that a person's change of what is desired goes past; see `Hold`. */
export async function endHoldGonePast(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { before, after }: { readonly before: Entity | undefined; readonly after: Entity },
): Promise<void> {
  if (before === undefined) return;
  const [hold] = await unit.holds.ofEntities([after.name]);
  if (hold === undefined || !namesOtherContent(hold, before, after)) return;
  await endHold(context, unit, principal, hold, `${principal.name} wants other content`);
}
