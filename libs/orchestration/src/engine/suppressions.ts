import {
  type AutomaticSuppression,
  openBreaker,
  type OpenBreaker,
  type Plan,
  suppressionAfter,
} from '@apollo-deploy/domain';
import { withdrawOffers } from '../constraints/withdraw-offers.js';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE, type Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadBreakers } from './load-restraints.js';

const PAGE = 200;

/**
 * Leaves the entity of a plan that failed, or whose success does not stay, alone for a while, longer each
 * time in a row. If that opens the breaker of its environment, offers there that no spoke has claimed are
 * taken back and what waits is looked at again.
 */
export async function suppressAfter(
  context: Context,
  unit: UnitOfWork,
  plan: Plan,
  reason: string,
): Promise<void> {
  const { entity, environment } = plan;
  await unit.environments.lock(environment);
  const wasOpen = (await breakerOf(context, unit, environment)) !== undefined;
  const [before] = await unit.suppressions.ofEntities([entity]);
  const suppression = suppressionAfter(
    { id: context.ids.next(), plan, at: context.clock.now(), reason },
    before,
  );
  await unit.suppressions.put(suppression);
  const { until, failures } = suppression;
  await record(context, unit, ENGINE, {
    action: 'suppression.add',
    subject: `entity/${entity}`,
    detail: { suppression: suppression.id, plan: plan.id, until, failures },
  });
  const open = wasOpen ? undefined : await breakerOf(context, unit, environment);
  if (open !== undefined) await noteOpened(context, unit, environment, open);
}

/** Ends a suppression before its time, with the reason; what only its breaker held is looked at again. */
export async function endSuppression(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { id, entity, environment }: AutomaticSuppression,
  why: string,
): Promise<void> {
  const wasOpen = (await breakerOf(context, unit, environment)) !== undefined;
  await unit.suppressions.remove(entity);
  await record(context, unit, principal, {
    action: 'suppression.end',
    subject: `entity/${entity}`,
    detail: { suppression: id, why },
  });
  if (wasOpen && (await breakerOf(context, unit, environment)) === undefined) {
    await markWaiting(unit, environment);
  }
}

async function noteOpened(
  context: Context,
  unit: UnitOfWork,
  environment: string,
  { suppressed, threshold }: OpenBreaker,
): Promise<void> {
  const reason = `the breaker of environment ${environment} opened: ${String(suppressed)} entities are suppressed`;
  await withdrawOffers(context, unit, [environment], reason);
  await markWaiting(unit, environment);
  await record(context, unit, ENGINE, {
    action: 'breaker.open',
    subject: `environment/${environment}`,
    detail: { suppressed, threshold },
  });
}

async function breakerOf(
  { clock }: Context,
  unit: UnitOfWork,
  environment: string,
): Promise<OpenBreaker | undefined> {
  const now = clock.now();
  const count = (await loadBreakers(unit, [environment], now)).get(environment);
  return count === undefined ? undefined : openBreaker(count, now);
}

/** Marks the entities of an environment whose plans have not gone out. */
async function markWaiting(unit: UnitOfWork, environment: string): Promise<void> {
  for (const state of ['PENDING', 'BLOCKED'] as const) {
    let after: string | undefined;
    do {
      const page = await unit.plans.list(
        { environment, state },
        { limit: PAGE, ...(after !== undefined && { after }) },
      );
      await unit.dirty.mark(page.items.map(({ entity }) => entity));
      after = page.next;
    } while (after !== undefined);
  }
}
