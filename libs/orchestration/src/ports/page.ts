import { InvariantViolation } from '@apollo-deploy/kernel';

/** One page of a list in the order of its key; `next` starts the following one, absent at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageRequest {
  /** The key after which the page begins; absent = from the start. */
  readonly after?: string;
  /** 1 to 200. */
  readonly limit: number;
}

const LIMIT_MAX = 200;

/**
 * How many rows an adapter reads for a page: one more than it shows, to learn whether another page
 * follows. Throws `InvariantViolation` for a limit outside of 1 to 200: the edge refuses it first.
 */
export function rowsToRead({ limit }: PageRequest): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw new InvariantViolation(`a page has 1 to ${LIMIT_MAX} items, not ${limit}`);
  }
  return limit + 1;
}

/** The page that begins `found`, which holds up to `rowsToRead` rows from where the page begins. */
export function pageOf<T>(
  found: readonly T[],
  { limit }: PageRequest,
  keyOf: (item: T) => string,
): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last !== undefined ? { items, next: keyOf(last) } : { items };
}
