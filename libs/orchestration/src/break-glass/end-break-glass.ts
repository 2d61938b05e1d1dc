import {
  type BreakGlass,
  endBreakGlass as ended,
  glassesIn,
  type Refusal,
} from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import { withdrawOffers } from '../constraints/withdraw-offers.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { deedOn } from './deed-on.js';
import { keepBreakGlass, lockBreakGlass } from './lock-break-glass.js';

/**
 * Ends a break-glass before its time, of this version only if said. From then on nothing goes by it, on
 * any replica, and offers that went by it and no spoke has claimed are taken back; the review stays owed.
 */
export function endBreakGlass(
  context: Context,
  principal: Principal,
  id: string,
  version?: number,
): Promise<Result<BreakGlass, Refusal>> {
  return context.store.transact((unit) => endBreakGlassIn(context, unit, principal, id, version));
}

/** As `endBreakGlass`, as a part of what is done in this transaction, which locks its environment. */
export async function endBreakGlassIn(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  id: string,
  version?: number,
): Promise<Result<BreakGlass, Refusal>> {
  const found = await lockBreakGlass(unit, id, version);
  if (!found.ok) return found;
  const made = ended(found.value, principal.name, context.clock.now());
  if (!made.ok) return made;
  const glass = await keepBreakGlass(unit, made.value);
  const { uses, dueAt } = glass;
  await record(context, unit, principal, deedOn(glass, 'end', { uses, dueAt }));
  await takeEffectBack(context, unit, glass);
  return ok(glass);
}

/** What it let go and nobody has begun is held again. To be called with its environment locked. */
export async function takeEffectBack(
  context: Context,
  unit: UnitOfWork,
  { id, product, environment }: BreakGlass,
): Promise<void> {
  await withdrawOffers(context, unit, [environment], `break-glass ${id} has ended`, (plans) =>
    plans.filter(({ noted }) => glassesIn(noted).includes(id)),
  );
  const entities = await unit.entities.ofProductsIn([environment], [product]);
  if (entities.length > 0) await unit.dirty.mark(entities.map(({ name }) => name));
}
