import type { Scope, ScopeSubject } from './scope.js';

/** The place of a value among those that scopes name; `UNNAMED` where none names it. */
type Reader = (subject: ScopeSubject) => number;

const UNNAMED = -1;

/**
 * Answers a text that is equal for subjects that no scope of these can tell apart. Asking costs as
 * much as there are kinds of things the scopes name, whatever their number.
 */
export function signatureOf(scopes: readonly Scope[]): (subject: ScopeSubject) => string {
  const readers = [...plainReaders(scopes), ...labelReaders(scopes)];
  return (subject) => {
    let text = '';
    for (const read of readers) text += `${String(read(subject))},`;
    return text;
  };
}

function plainReaders(scopes: readonly Scope[]): readonly Reader[] {
  return [
    reader(scopes, 'environments', ({ environment }) => environment),
    reader(scopes, 'tiers', ({ tier }) => tier),
    reader(scopes, 'products', ({ product }) => product),
    reader(scopes, 'entities', ({ entity }) => entity),
    reader(scopes, 'planTypes', ({ planType }) => planType),
    reader(scopes, 'criticalities', ({ criticality }) => criticality),
  ].flatMap((one) => one ?? []);
}

/** `undefined` where no scope names anything of the kind. */
function reader(
  scopes: readonly Scope[],
  member: Exclude<keyof Scope, 'labels'>,
  valueOf: (subject: ScopeSubject) => string,
): Reader | undefined {
  const places = placesOf(scopes.flatMap((scope) => scope[member] ?? []));
  if (places.size === 0) return undefined;
  return (subject) => places.get(valueOf(subject)) ?? UNNAMED;
}

function labelReaders(scopes: readonly Scope[]): readonly Reader[] {
  const named = scopes.flatMap(({ labels = {} }) => Object.entries(labels));
  const keys = [...new Set(named.map(([key]) => key))];
  return keys.map((key) => {
    const places = placesOf(named.flatMap(([name, value]) => (name === key ? [value] : [])));
    return ({ labels }) =>
      Object.hasOwn(labels, key) ? (places.get(labels[key] ?? '') ?? UNNAMED) : UNNAMED;
  });
}

function placesOf(values: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(values)].map((value, place) => [value, place]));
}
