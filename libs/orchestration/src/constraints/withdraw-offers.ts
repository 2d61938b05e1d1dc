import type { Plan } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const PAGE = 200;

/**
 * Asks spokes to decline offers of these environments that they have not claimed. One that was
 * claimed goes on: a Helm operation is never cut in the middle.
 */
export async function withdrawOffers(
  context: Context,
  unit: UnitOfWork,
  environments: readonly string[],
  reason: string,
): Promise<void> {
  for (const environment of environments) {
    let after: string | undefined;
    do {
      const page = await unit.plans.list(
        { environment, state: 'EXECUTING' },
        { limit: PAGE, ...(after !== undefined && { after }) },
      );
      for (const plan of page.items.filter(isUnclaimed)) {
        await unit.outbox.add({
          id: context.ids.next(),
          spoke: plan.spoke,
          type: 'plan.cancel',
          planId: plan.id,
          payload: { planId: plan.id, reason },
          createdAt: context.clock.now().toISOString(),
        });
      }
      after = page.next;
    } while (after !== undefined);
  }
}

function isUnclaimed({ phase }: Plan): boolean {
  return phase === 'dispatched' || phase === 'accepted';
}
