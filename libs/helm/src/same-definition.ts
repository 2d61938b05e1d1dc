import type { KubeObject } from '@apollo-deploy/kube';

/**
 * True if a definition of a kind in the cluster is as a chart has it. What the API server fills in by
 * itself is no difference; a field of a schema that only one of them has is one. Labels and
 * annotations define nothing.
 */
export function sameDefinition(wanted: KubeObject, live: KubeObject): boolean {
  return isIn(wanted['spec'], live['spec'], false);
}

function isIn(wanted: unknown, live: unknown, exact: boolean): boolean {
  if (isNothing(wanted)) return isNothing(live);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length) return false;
    return wanted.every((item, index) => isIn(item, live[index], exact));
  }
  if (typeof wanted !== 'object' || wanted === null) return wanted === live;
  const [mine, theirs] = [fieldsOf(wanted), fieldsOf(live)];
  const names = exact ? new Set([...Object.keys(mine), ...Object.keys(theirs)]) : Object.keys(mine);
  return [...names].every((name) =>
    isIn(mine[name], theirs[name], exact || name === 'openAPIV3Schema'),
  );
}

/** The API server leaves out what says no more than its absence. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === '';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
