import { isSuppressedAt } from '@apollo-deploy/domain';
import type { Context } from '@apollo-deploy/orchestration';
import {
  automaticSuppressionView,
  type SuppressionView,
  suppressionView,
} from './suppression-view.js';

/** A suppression that a person made, or an automatic one, also past its end; `undefined` = none. */
export async function findSuppression(
  { store, clock }: Context,
  id: string,
): Promise<SuppressionView | undefined> {
  const now = clock.now();
  return store.transact(async (unit) => {
    const automatic = await unit.suppressions.get(id);
    if (automatic !== undefined)
      return automaticSuppressionView(automatic, !isSuppressedAt(automatic, now));
    const stored = await unit.constraints.get(id);
    return stored?.kind === 'suppression_window' ? suppressionView(stored, now) : undefined;
  });
}
