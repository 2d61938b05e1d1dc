import { canonicalJson, type Json } from '@apollo-deploy/kernel';
import type { TSchema } from 'typebox';

/** What signed bytes say; undefined for bytes that are not the canonical JSON of what they say. */
export function parseCanonical(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    const value = JSON.parse(text) as Json;
    const again = Buffer.from(canonicalJson(value), 'utf8');
    return again.equals(bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The same schema, with no room for members that it does not name. */
export function closed<T extends TSchema>(schema: T): T {
  return closedValue(schema) as T;
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, closedValue(member)]),
  );
  const isObject = copy['type'] === 'object' && copy['properties'] !== undefined;
  return isObject ? { ...copy, additionalProperties: false } : copy;
}
