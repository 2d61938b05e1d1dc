import type { AutomaticSuppression, Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Context } from '../context.js';
import { endSuppression } from '../engine/suppressions.js';
import type { Principal } from '../ports/principal.js';
import { otherVersion } from './add-constraint.js';

/**
 * Lifts an automatic suppression, of this version only if said (it counts the failures), and its entity
 * is tried again. `undefined` if there is none of that id.
 */
export async function liftSuppression(
  context: Context,
  principal: Principal,
  id: string,
  version?: number,
): Promise<Result<AutomaticSuppression, Refusal> | undefined> {
  return context.store.transact(async (unit) => {
    const suppression = await unit.suppressions.get(id);
    if (suppression === undefined) return undefined;
    if (version !== undefined && version !== suppression.failures) {
      return err(otherVersion(id, suppression.failures));
    }
    await endSuppression(context, unit, principal, suppression, `lifted by ${principal.name}`);
    await unit.dirty.mark([suppression.entity]);
    return ok(suppression);
  });
}
