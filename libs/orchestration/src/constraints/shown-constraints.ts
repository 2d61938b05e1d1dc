import {
  isShown,
  readableScope,
  type Scope,
  scopeShownTo,
  shownScope,
  type ShownTo,
  type StoredConstraint,
} from '@apollo-deploy/domain';
import { type Page, pageOf, type PageRequest, rowsToRead } from '../ports/page.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** What a list of constraints is limited to. */
export interface ShownConstraintFilter {
  /** Absent = of all kinds. */
  readonly kind?: string | undefined;
  /** The environments that the reader sees; absent = all. */
  readonly seen: readonly string[] | undefined;
}

/**
 * One page, by id, of the constraints that somebody knows of, as they are shown to them. There are few
 * constraints; those who do not see every environment have them all read.
 */
export async function listShownConstraints(
  unit: Pick<UnitOfWork, 'constraints' | 'entities'>,
  { kind, seen }: ShownConstraintFilter,
  page: PageRequest,
): Promise<Page<StoredConstraint>> {
  if (seen === undefined) return unit.constraints.list(kind, page);
  const { after = '' } = page;
  const all = (await unit.constraints.all()).filter(
    (constraint) => (kind === undefined || constraint.kind === kind) && constraint.id > after,
  );
  const environmentOf = await environmentsNamed(unit, all.map(scopeOf));
  const shown = all
    .filter((constraint) => isShown(scopeShownTo(scopeOf(constraint), environmentOf), seen))
    .slice(0, rowsToRead(page))
    .map((constraint) => ({
      ...constraint,
      scope: shownScope(scopeOf(constraint), environmentOf, seen),
    }));
  return pageOf(shown, page, ({ id }) => id);
}

/** Who knows of a constraint. */
export async function constraintShownTo(
  unit: Pick<UnitOfWork, 'entities'>,
  constraint: StoredConstraint,
): Promise<ShownTo> {
  const scope = scopeOf(constraint);
  return scopeShownTo(scope, await environmentsNamed(unit, [scope]));
}

/** The constraint of this id as somebody is shown it; `undefined` = there is none that they know of. */
export async function showConstraint(
  unit: Pick<UnitOfWork, 'constraints' | 'entities'>,
  id: string,
  { kind, seen }: ShownConstraintFilter,
): Promise<StoredConstraint | undefined> {
  const constraint = await unit.constraints.get(id);
  if (constraint === undefined || (kind !== undefined && constraint.kind !== kind))
    return undefined;
  if (seen === undefined) return constraint;
  const scope = scopeOf(constraint);
  const environmentOf = await environmentsNamed(unit, [scope]);
  if (!isShown(scopeShownTo(scope, environmentOf), seen)) return undefined;
  return { ...constraint, scope: shownScope(scope, environmentOf, seen) };
}

function scopeOf({ scope }: StoredConstraint): Scope {
  return readableScope(scope).scope;
}

/** The environments of the entities that these scopes name. */
async function environmentsNamed(
  unit: Pick<UnitOfWork, 'entities'>,
  scopes: readonly Scope[],
): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set(scopes.flatMap(({ entities = [] }) => entities))];
  if (names.length === 0) return new Map();
  const entities = await unit.entities.getMany(names);
  return new Map(entities.map(({ name, environment }) => [name, environment]));
}
