import {
  CONSTRAINT_KINDS,
  type ConstraintKind,
  type ConstraintKindName,
  type Plan,
  readableScope,
  refusal,
  type Refusal,
  type Scope,
  type StoredConstraint,
} from '@apollo-deploy/domain';
import { err, type Json, ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { entitiesInScope } from './entities-in-scope.js';
import { checkScope, lockScope } from './lock-scope.js';
import { plansHeldBy } from './plans-held-by.js';
import { withdrawOffers } from './withdraw-offers.js';

const NAME_MAX = 100;
/** How much of a reason goes into a name that is made up; an id goes beside it. */
const ABOUT_MAX = 60;

export interface NewConstraint {
  /** 1 to 100 characters that nobody else uses; absent = made of its reason and its id. */
  readonly name?: string;
  readonly kind: string;
  readonly spec: Readonly<Record<string, Json>>;
  /** Absent members mean all. */
  readonly scope?: Scope;
}

/**
 * Stores a constraint. From the instant it is stored no plan in its scope is dispatched against it,
 * on any replica, and offers that it holds now and that no spoke has claimed yet are taken back.
 */
export function addConstraint(
  context: Context,
  principal: Principal,
  input: NewConstraint,
): Promise<Result<StoredConstraint, Refusal>> {
  return context.store.transact((unit) => addConstraintIn(context, unit, principal, input));
}

/** As `addConstraint`, as a part of what is done in this transaction. */
export async function addConstraintIn(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  input: NewConstraint,
): Promise<Result<StoredConstraint, Refusal>> {
  const id = context.ids.next();
  const constraint: StoredConstraint = {
    id,
    name: input.name ?? nameOf(input, id),
    kind: input.kind,
    spec: input.spec,
    scope: input.scope ?? {},
    createdBy: principal.name,
    createdAt: context.clock.now().toISOString(),
    version: 1,
  };
  const bad = checkConstraint(constraint) ?? checkStillToCome(constraint, context.clock.now());
  if (bad !== undefined) return err(bad);
  const { name, kind, scope } = constraint;
  const missing = await checkScope(unit, scope);
  if (missing !== undefined) return err(missing);
  const unknown = await checkMentions(unit, constraint);
  if (unknown !== undefined) return err(unknown);
  const environments = await lockScope(unit, scope);
  const inserted = await unit.constraints.insert(constraint);
  if (!inserted.ok) {
    return err(
      refusal(
        'catalog/already_exists',
        `a constraint named ${JSON.stringify(name)} exists already; choose another name`,
        { field: 'name' },
      ),
    );
  }
  const entities = await entitiesInScope(unit, scope, environments);
  const reached = new Set(entities);
  const held = (plans: readonly Plan[]): Promise<readonly Plan[]> => {
    const concerned = plans.filter(({ entity }) => reached.has(entity));
    return plansHeldBy(context, unit, inserted.value, concerned);
  };
  await withdrawOffers(context, unit, environments, `${kind} "${name}" was added`, held);
  await afterChange(context, unit, principal, { constraint, entities, action: 'add' });
  return inserted;
}

/** Which constraint is to be taken away; absent members: whatever they are. */
interface Removal {
  readonly kind?: ConstraintKindName;
  readonly version?: number | undefined;
}

/** Takes a constraint away, of this kind and version only if said; what it held is looked at again. */
export function removeConstraint(
  context: Context,
  principal: Principal,
  id: string,
  removal: Removal = {},
): Promise<Result<void, Refusal>> {
  return context.store.transact((unit) =>
    removeConstraintIn(context, unit, principal, { id, ...removal }),
  );
}

/** As `removeConstraint`, as a part of what is done in this transaction. */
export async function removeConstraintIn(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { id, kind, version }: Removal & { readonly id: string },
): Promise<Result<void, Refusal>> {
  const constraint = await unit.constraints.get(id);
  if (constraint === undefined || (kind !== undefined && constraint.kind !== kind)) {
    return err(
      refusal(
        'constraint/not_found',
        `there is no ${kind ?? 'constraint'} ${JSON.stringify(id)}; it may have been removed already`,
      ),
    );
  }
  if (version !== undefined && version !== constraint.version) {
    return err(otherVersion(id, constraint.version));
  }
  const { scope } = readableScope(constraint.scope);
  const environments = await lockScope(unit, scope);
  await unit.constraints.remove(id);
  const entities = await entitiesInScope(unit, scope, environments);
  await afterChange(context, unit, principal, { constraint, entities, action: 'remove' });
  return ok(undefined);
}

/** The refusal of a removal by somebody who saw another version. */
export function otherVersion(id: string, version: number): Refusal {
  return refusal(
    'catalog/version_conflict',
    `${id} is at version ${String(version)} now; read it again and repeat the removal`,
    { field: 'If-Match', data: { version } },
  );
}

/** Refuses a spec that names an environment which does not exist. */
async function checkMentions(
  unit: UnitOfWork,
  { kind, spec }: StoredConstraint,
): Promise<Refusal | undefined> {
  const known: ConstraintKind = CONSTRAINT_KINDS[kind as ConstraintKindName];
  for (const [field, name] of Object.entries(known.environments?.(spec) ?? {})) {
    if ((await unit.environments.get(name)) !== undefined) continue;
    const detail = `environment ${JSON.stringify(name)} does not exist; list them at GET /api/v1/environments`;
    return refusal('catalog/environment_not_found', detail, { field: `spec.${field}` });
  }
  return undefined;
}

/** Never ends in half a character. */
function nameOf({ kind, spec }: NewConstraint, id: string): string {
  const { reason } = spec;
  const about = typeof reason === 'string' ? reason : kind;
  return `${about
    .slice(0, ABOUT_MAX)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim()} (${id})`;
}

function checkConstraint({ name, kind, spec }: StoredConstraint): Refusal | undefined {
  if (name.trim() === '' || name.length > NAME_MAX) {
    const detail = `name has ${String(name.length)} characters; accepted are 1 to ${String(NAME_MAX)}, not all blank`;
    return refusal('catalog/invalid_field', detail, { field: 'name' });
  }
  if (!Object.hasOwn(CONSTRAINT_KINDS, kind)) {
    const detail = `kind is ${JSON.stringify(kind)}; accepted are ${Object.keys(CONSTRAINT_KINDS).join(', ')}`;
    return refusal('catalog/invalid_field', detail, { field: 'kind' });
  }
  const compiled = CONSTRAINT_KINDS[kind as ConstraintKindName].compile(spec, name);
  if (compiled.ok) return undefined;
  const { field, detail } = compiled.error;
  return refusal('catalog/invalid_field', `spec.${field}: ${detail}`, { field: `spec.${field}` });
}

/** Refuses a suppression that is over already: whoever makes one expects it to hold something. */
function checkStillToCome({ kind, spec }: StoredConstraint, now: Date): Refusal | undefined {
  const { end } = spec;
  if (kind !== 'suppression_window' || typeof end !== 'string') return undefined;
  if (Date.parse(end) > now.getTime()) return undefined;
  const detail = `end is ${end}, which is past (it is ${now.toISOString()}); accepted is a later instant`;
  return refusal('catalog/invalid_field', `spec.end: ${detail}`, { field: 'spec.end' });
}

async function afterChange(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  change: {
    readonly constraint: StoredConstraint;
    readonly entities: readonly string[];
    readonly action: 'add' | 'remove';
  },
): Promise<void> {
  const { constraint, entities, action } = change;
  await unit.dirty.mark(entities);
  await record(context, unit, principal, {
    action: `constraint.${action}`,
    subject: `constraint/${constraint.id}`,
    detail: { name: constraint.name, kind: constraint.kind, spec: constraint.spec },
  });
}
