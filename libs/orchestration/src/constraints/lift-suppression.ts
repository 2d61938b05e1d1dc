import type { AutomaticSuppression } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { endSuppression } from '../engine/suppressions.js';
import type { Principal } from '../ports/principal.js';

/** Lifts an automatic suppression, and its entity is tried again. `undefined` if there is none of that id. */
export async function liftSuppression(
  context: Context,
  principal: Principal,
  id: string,
): Promise<AutomaticSuppression | undefined> {
  return context.store.transact(async (unit) => {
    const suppression = await unit.suppressions.get(id);
    if (suppression === undefined) return undefined;
    await endSuppression(context, unit, principal, suppression, `lifted by ${principal.name}`);
    await unit.dirty.mark([suppression.entity]);
    return suppression;
  });
}
