/** Values that this module made, so that what they share is not copied again. */
const MADE_HERE = new WeakSet<object>();

/**
 * A deep copy of a plain value that nobody can change, as JSON would carry it: members that are
 * `undefined` are left out. Bytes are copied and stay writable, because JavaScript cannot freeze
 * them.
 */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || MADE_HERE.has(value)) return value;
  if (value instanceof Uint8Array) return value.slice() as T & Uint8Array;
  const copy: object = Array.isArray(value) ? value.map(frozenCopy) : copyOfMembers(value);
  MADE_HERE.add(Object.freeze(copy));
  return copy as T;
}

function copyOfMembers(value: object): object {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, frozenCopy<unknown>(member)]));
}
