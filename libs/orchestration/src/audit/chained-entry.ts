import type { Json } from '@apollo-deploy/kernel';
import type { AuditEntry } from '../ports/records.js';

/**
 * An entry as the chain covers it: every field. Halves of surrogate pairs, which canonical JSON has no
 * way to write, become U+FFFD, so that no text that anybody sent can bring the chain to a stop.
 */
export function chainedEntry(entry: AuditEntry): Json {
  return wellFormed({ ...entry });
}

function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[name.toWellFormed(), wellFormed(member)]],
    ),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
