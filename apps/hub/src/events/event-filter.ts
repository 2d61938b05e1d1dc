import type { StoredEvent } from '@apollo-deploy/orchestration';

/** Which events somebody wants; absent = of all. */
export interface EventFilter {
  readonly kind?: string;
  readonly environment?: string;
  /** Those that the reader sees; absent = all. */
  readonly seen?: readonly string[];
  readonly product?: string;
  readonly entity?: string;
}

/**
 * The same filter for somebody who sees these environments from now on (absent = all); `undefined` if
 * there is nothing left for them, or not what they asked for.
 */
export function seenFrom(
  { seen: _, ...asked }: EventFilter,
  seen: readonly string[] | undefined,
): EventFilter | undefined {
  if (seen === undefined) return asked;
  const { environment } = asked;
  const isNothing = seen.length === 0 || (environment !== undefined && !seen.includes(environment));
  return isNothing ? undefined : { ...asked, seen };
}

export function isWanted({ subject }: StoredEvent, filter: EventFilter): boolean {
  return (
    (filter.kind === undefined || subject.kind === filter.kind) &&
    (filter.environment === undefined || subject.environment === filter.environment) &&
    (filter.seen?.includes(subject.environment) ?? true) &&
    (filter.product === undefined || subject.product === filter.product) &&
    (filter.entity === undefined || subject.entity === filter.entity)
  );
}
