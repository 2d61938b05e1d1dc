import { jsonDigest } from '@apollo-deploy/kernel';
import type { Values } from './entity.js';

const digests = new WeakMap<Values, string>();

/**
 * The identity of values: the digest of their canonical JSON. Worked out once for an object, which
 * nobody may change afterwards: a store in memory answers the same one at every evaluation.
 */
export function valuesDigest(values: Values): string {
  const known = digests.get(values);
  if (known !== undefined) return known;
  const digest = jsonDigest(values);
  digests.set(values, digest);
  return digest;
}
