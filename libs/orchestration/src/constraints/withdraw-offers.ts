import type { Plan } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const PAGE = 200;

/**
 * Asks spokes to decline offers of these environments that they have not claimed, of each page of
 * them those that are `concerned`. One that was claimed goes on: a Helm operation is never cut in the middle.
 */
export async function withdrawOffers(
  context: Context,
  unit: UnitOfWork,
  environments: readonly string[],
  reason: string,
  concerned: (plans: readonly Plan[]) => readonly Plan[] | Promise<readonly Plan[]> = (plans) =>
    plans,
): Promise<void> {
  for (const environment of environments) {
    let after: string | undefined;
    do {
      const page = await unit.plans.list(
        { environment, state: 'EXECUTING' },
        { limit: PAGE, ...(after !== undefined && { after }) },
      );
      const offers = await concerned(page.items.filter(isUnclaimed));
      await withdrawOffersOf(context, unit, offers, reason);
      after = page.next;
    } while (after !== undefined);
  }
}

/** As `withdrawOffers`, for these plans; those that are not EXECUTING are left alone. */
export async function withdrawOffersOf(
  context: Context,
  unit: UnitOfWork,
  plans: readonly Plan[],
  reason: string,
): Promise<void> {
  for (const plan of plans.filter(isUnclaimed)) {
    await unit.outbox.add({
      id: context.ids.next(),
      spoke: plan.spoke,
      type: 'plan.cancel',
      planId: plan.id,
      payload: { planId: plan.id, reason },
      createdAt: context.clock.now().toISOString(),
    });
  }
}

/** It has gone out, and its spoke may be at work on it. */
export function isClaimed(plan: Pick<Plan, 'state' | 'phase'>): boolean {
  return plan.state === 'UNKNOWN' || (plan.state === 'EXECUTING' && !isUnclaimed(plan));
}

function isUnclaimed({ state, phase }: Pick<Plan, 'state' | 'phase'>): boolean {
  if (state !== 'EXECUTING') return false;
  return phase === 'dispatched' || phase === 'accepted';
}
