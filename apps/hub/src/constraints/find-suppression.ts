import { isSuppressedAt } from '@apollo-deploy/domain';
import { type Context, showConstraint } from '@apollo-deploy/orchestration';
import {
  automaticSuppressionView,
  type SuppressionView,
  suppressionView,
} from './suppression-view.js';

/**
 * A suppression that a person made, or an automatic one, also past its end; `undefined` = none that
 * somebody knows of who sees these environments, absent = all.
 */
export async function findSuppression(
  { store, clock }: Context,
  id: string,
  seen: readonly string[] | undefined,
): Promise<SuppressionView | undefined> {
  const now = clock.now();
  return store.transact(async (unit) => {
    const automatic = await unit.suppressions.get(id);
    if (automatic !== undefined) {
      const isKnown = seen?.includes(automatic.environment) ?? true;
      return isKnown
        ? automaticSuppressionView(automatic, !isSuppressedAt(automatic, now))
        : undefined;
    }
    const stored = await showConstraint(unit, id, { kind: 'suppression_window', seen });
    return stored === undefined ? undefined : suppressionView(stored, now);
  });
}
