import {
  type BreakGlass,
  type BreakGlassAsked,
  openBreakGlass as opened,
  refusal,
  refuseToOweMore,
  type Refusal,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { backedNow } from './backed-now.js';
import { deedOn } from './deed-on.js';

/** See `BreakGlassAsked`. */
export type NewBreakGlass = Omit<BreakGlassAsked, 'id' | 'openedBy'>;

/**
 * Opens a break-glass: from now on plans of the product in the environment, or only those of the hotfix
 * that it is for, go past what it waives, and within a day somebody else has to review it. Whether the
 * caller may is for who calls; that it counts takes roles that the hub keeps. Refused with
 * `catalog/invalid_field`, `catalog/product_not_found`, `catalog/environment_not_found`,
 * `break_glass/not_backed` or `break_glass/too_many_owed`.
 */
export function openBreakGlass(
  context: Context,
  principal: Principal,
  asked: NewBreakGlass,
): Promise<Result<BreakGlass, Refusal>> {
  return context.store.transact((unit) => openBreakGlassIn(context, unit, principal, asked));
}

/** As `openBreakGlass`, as a part of what is done in this transaction. */
export async function openBreakGlassIn(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  asked: NewBreakGlass,
): Promise<Result<BreakGlass, Refusal>> {
  const made = await breakGlassFor(context, unit, principal, asked);
  if (!made.ok) return made;
  const glass = made.value;
  await unit.breakGlasses.insert(glass);
  const { deployment, waives, reason, until, dueAt } = glass;
  const isFor = deployment === undefined ? {} : { deployment };
  const detail = { ...isFor, waives, reason, until, dueAt };
  await record(context, unit, principal, deedOn(glass, 'open', detail));
  // Those elsewhere too: from the instant at which it is due they wait, if nobody reviews it.
  await markProduct(unit, glass);
  return ok(glass);
}

/** The break-glass that `openBreakGlassIn` would open now, or its refusal. Nothing is kept of it. */
export async function breakGlassFor(
  { clock, ids }: Context,
  unit: UnitOfWork,
  principal: Principal,
  asked: NewBreakGlass,
): Promise<Result<BreakGlass, Refusal>> {
  const made = opened({ ...asked, id: ids.next(), openedBy: principal.name }, clock.now());
  if (!made.ok) return made;
  const glass = made.value;
  const missing = await missingPart(unit, glass);
  if (missing !== undefined) return err(missing);
  // Who opens many at once owes them one after another.
  await unit.environments.lock(glass.environment);
  const refused =
    (await notBacked(unit, glass)) ??
    refuseToOweMore(glass, await unit.breakGlasses.owed([glass.product]));
  return refused === undefined ? made : err(refused);
}

/** What would waive less than it says, from the beginning, is no break-glass. */
async function notBacked(unit: UnitOfWork, glass: BreakGlass): Promise<Refusal | undefined> {
  const [backed = glass] = await backedNow(unit, [glass]);
  if (backed.waives.length === glass.waives.length) return undefined;
  const { openedBy, environment } = glass;
  const detail = `a break-glass counts by the roles that the hub keeps, and by those ${openedBy} may not waive that in ${environment}; let somebody who says who may do what give them (PUT /api/v1/people/${openedBy}/roles), or open it by somebody who has them`;
  return refusal('break_glass/not_backed', detail);
}

/** Marks whatever may wait for a break-glass, or because of it. */
export async function markProduct(
  unit: UnitOfWork,
  { product }: Pick<BreakGlass, 'product'>,
): Promise<void> {
  const entities = await unit.entities.ofProduct(product);
  if (entities.length > 0) await unit.dirty.mark(entities.map(({ name }) => name));
}

async function missingPart(
  unit: UnitOfWork,
  { product, environment }: BreakGlass,
): Promise<Refusal | undefined> {
  if ((await unit.products.get(product)) === undefined) {
    const detail = `there is no product ${JSON.stringify(product)}; list them at GET /api/v1/products`;
    return refusal('catalog/product_not_found', detail, { field: 'service' });
  }
  if ((await unit.environments.get(environment)) !== undefined) return undefined;
  const detail = `environment ${JSON.stringify(environment)} does not exist; list them at GET /api/v1/environments`;
  return refusal('catalog/environment_not_found', detail, { field: 'environment' });
}
