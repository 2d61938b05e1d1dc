import { type Environment, type Product, refusal, type Refusal } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { VersionConflict } from '../ports/plan-storage.js';
import type { Principal } from '../ports/principal.js';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { maxConcurrentOf } from '../spokes/max-concurrent.js';
import { type SlotHolder, wakeLine } from './wake-line.js';

/** How many plans one may let execute at once from now on. */
export interface NewLimit {
  readonly name: string;
  /** At least 1. Absent = no limit; for a spoke, the default. */
  readonly maxConcurrent?: number;
}

/** A limit of something that says how often it was written. */
export interface NewVersionedLimit extends NewLimit {
  /** The version that the caller saw; absent = whatever is stored. */
  readonly expectedVersion?: number;
}

/**
 * Changes how many plans may execute in an environment at once. Those that execute go on, also where
 * they are more than it allows now; those that wait are offered what is free. Refused if there is no
 * such environment, or it has another version than the caller saw.
 */
export async function changeEnvironmentLimit(
  context: Context,
  principal: Principal,
  limit: NewVersionedLimit,
): Promise<Result<Environment, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await unit.environments.lock(limit.name);
    if (stored === undefined) return err(unknown('environment', limit));
    const save = (next: Environment): Promise<Result<Environment, VersionConflict>> =>
      unit.environments.save(next);
    const saved = await saveVersioned('environment', stored, limit, save);
    if (saved.ok && saved.value !== stored) {
      await tell(context, unit, principal, { holder: { environment: limit.name }, stored, limit });
    }
    return saved;
  });
}

/** As `changeEnvironmentLimit`, for the plans of a product, in all environments together. */
export async function changeProductLimit(
  context: Context,
  principal: Principal,
  limit: NewVersionedLimit,
): Promise<Result<Product, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await unit.products.get(limit.name);
    if (stored === undefined) return err(unknown('product', limit));
    const save = (next: Product): Promise<Result<Product, VersionConflict>> =>
      unit.products.save(next);
    const saved = await saveVersioned('product', stored, limit, save);
    if (saved.ok && saved.value !== stored) {
      await tell(context, unit, principal, { holder: { product: limit.name }, stored, limit });
    }
    return saved;
  });
}

/** As `changeEnvironmentLimit`, for the plans on a spoke, which has no version. */
export async function changeSpokeLimit(
  context: Context,
  principal: Principal,
  limit: NewLimit,
): Promise<Result<SpokeRecord, Refusal>> {
  return context.store.transact(async (unit) => {
    const stored = await unit.spokes.lock(limit.name);
    if (stored === undefined) return err(unknown('spoke', limit));
    if (stored.maxConcurrent === limit.maxConcurrent) return ok(stored);
    const next = withLimit(stored, limit);
    await unit.spokes.save(next);
    // A spoke always has a limit: its own, or the default.
    const maxConcurrent = maxConcurrentOf(next);
    const holder = { spoke: limit.name };
    await tell(context, unit, principal, { holder, stored, limit: { ...limit, maxConcurrent } });
    return ok(next);
  });
}

type Limited = Partial<Pick<NewLimit, 'maxConcurrent'>>;

async function saveVersioned<T extends Limited & { readonly version: number }>(
  kind: 'environment' | 'product',
  stored: T,
  limit: NewVersionedLimit,
  save: (next: T) => Promise<Result<T, VersionConflict>>,
): Promise<Result<T, Refusal>> {
  const { expectedVersion = stored.version } = limit;
  if (expectedVersion !== stored.version) return err(changed(kind, limit, stored));
  if (stored.maxConcurrent === limit.maxConcurrent) return ok(stored);
  const saved = await save(withLimit(stored, limit));
  return saved.ok ? saved : err(changed(kind, limit, stored));
}

function withLimit<T extends Limited>(stored: T, { maxConcurrent }: NewLimit): T {
  const { maxConcurrent: _, ...rest } = stored;
  return { ...rest, ...(maxConcurrent !== undefined && { maxConcurrent }) } as T;
}

interface Change {
  readonly holder: SlotHolder;
  readonly stored: Limited;
  readonly limit: NewLimit;
}

async function tell(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { holder, stored, limit: { name, maxConcurrent } }: Change,
): Promise<void> {
  await wakeLine(unit, holder, maxConcurrent);
  const [kind = ''] = Object.keys(holder);
  await record(context, unit, principal, {
    action: `${kind}.limit`,
    subject: `${kind}/${name}`,
    detail: { from: stored.maxConcurrent ?? null, to: maxConcurrent ?? null },
  });
}

function unknown(kind: 'environment' | 'product' | 'spoke', { name }: NewLimit): Refusal {
  return refusal(
    `catalog/${kind}_not_found`,
    `there is no ${kind} ${JSON.stringify(name)}; GET /api/v1/${kind}s lists them`,
  );
}

function changed(kind: string, { name }: NewLimit, { version }: { version: number }): Refusal {
  return refusal(
    'catalog/version_conflict',
    `${kind} ${name} is at version ${String(version)} or newer now; read it again and repeat the change`,
    { field: 'If-Match', data: { version } },
  );
}
