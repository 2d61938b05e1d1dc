import type { StoredEvent } from '@apollo-deploy/orchestration';

/** Which events somebody wants; absent = of all. */
export interface EventFilter {
  readonly kind?: string;
  readonly environment?: string;
  readonly product?: string;
  readonly entity?: string;
}

export function isWanted({ subject }: StoredEvent, filter: EventFilter): boolean {
  return (
    (filter.kind === undefined || subject.kind === filter.kind) &&
    (filter.environment === undefined || subject.environment === filter.environment) &&
    (filter.product === undefined || subject.product === filter.product) &&
    (filter.entity === undefined || subject.entity === filter.entity)
  );
}
