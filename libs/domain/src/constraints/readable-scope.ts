import type { Scope } from './scope.js';

const LISTS = [
  'environments',
  'tiers',
  'products',
  'entities',
  'planTypes',
  'criticalities',
] as const satisfies readonly (keyof Scope)[];

/** What can be read of a stored scope. */
export interface ReadableScope {
  /** Reaches at least whatever the stored one is meant to reach: each member only narrows. */
  readonly scope: Scope;
  /** Members that were left out, for this version of the program does not know what they mean. */
  readonly strange: readonly string[];
}

/** Reads a scope as it was stored, by whatever version or hand; takes any JSON. */
export function readableScope(stored: unknown): ReadableScope {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) {
    return { scope: {}, strange: ['scope'] };
  }
  const known: [string, unknown][] = [];
  const strange: string[] = [];
  for (const [member, value] of Object.entries(stored)) {
    if (isMember(member, value)) known.push([member, value]);
    else strange.push(`scope.${member}`);
  }
  return { scope: Object.fromEntries(known), strange };
}

function isMember(member: string, value: unknown): boolean {
  if (member === 'labels') {
    return typeof value === 'object' && value !== null && Object.values(value).every(isText);
  }
  return LISTS.some((list) => list === member) && Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
