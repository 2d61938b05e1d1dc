/** The members of a live object. Anything may be absent or of another type than the API promises. */
export type Fields = Readonly<Record<string, unknown>>;

const NO_FIELDS: Fields = Object.freeze({});

/** True for a JSON object; arrays, dates and primitives are none. */
export function isFields(value: unknown): value is Fields {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** The members found by following `path`; no members where the path ends early. Never throws. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Fields {
  let current = isFields(value) ? value : NO_FIELDS;
  for (const key of path) {
    const next = current[key];
    if (!isFields(next)) return NO_FIELDS;
    current = next;
  }
  return current;
}

/** A text with at least one character, else undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A finite number of at least 0, else undefined. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** A finite number, signed, else undefined: exit codes may be negative on Windows nodes. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The elements of a list that are JSON objects; none where there is no list. */
export function itemsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** Milliseconds since the epoch of an RFC 3339 text or a Date (typed clients parse), if it is one. */
export function instantOf(value: unknown): number | undefined {
  const millis =
    value instanceof Date
      ? value.getTime()
      : typeof value === 'string'
        ? Date.parse(value)
        : Number.NaN;
  return Number.isNaN(millis) ? undefined : millis;
}
