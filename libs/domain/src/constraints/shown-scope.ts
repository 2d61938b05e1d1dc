import type { Scope } from './scope.js';

/** The environment of each entity by its name. */
export type EnvironmentOf = ReadonlyMap<string, string>;

/** Who knows of something: whoever sees one environment of each of these lists. None = everybody. */
export type ShownTo = readonly (readonly string[])[];

/**
 * Who knows of what counts in a scope: whoever sees one of its environments and one of its entities,
 * where it is limited to some. What counts everywhere, everybody knows of.
 */
export function scopeShownTo(
  { environments, entities }: Pick<Scope, 'environments' | 'entities'>,
  environmentOf: EnvironmentOf,
): ShownTo {
  const ofEntities = entities?.flatMap((name) => environmentOf.get(name) ?? []);
  return [environments, ofEntities].filter((list) => list !== undefined);
}

/** Whether somebody who sees these environments (absent = all) knows of something. */
export function isShown(shownTo: ShownTo, seen: readonly string[] | undefined): boolean {
  if (seen === undefined) return true;
  return shownTo.every((list) => list.some((environment) => seen.includes(environment)));
}

/** What somebody who sees these environments (absent = all) is shown of a scope that they know of. */
export function shownScope(
  scope: Scope,
  environmentOf: EnvironmentOf,
  seen: readonly string[] | undefined,
): Scope {
  if (seen === undefined) return scope;
  const isSeen = (environment: string | undefined): boolean =>
    environment !== undefined && seen.includes(environment);
  const { environments, entities, ...rest } = scope;
  return {
    ...(environments !== undefined && { environments: environments.filter(isSeen) }),
    ...rest,
    ...(entities !== undefined && {
      entities: entities.filter((name) => isSeen(environmentOf.get(name))),
    }),
  };
}
