import type { SpokeRecord } from '../ports/records.js';

/** How many plans may execute on a spoke at once that does not say: so much of a cluster moves at a time. */
const SPOKE_CONCURRENCY = 10;

/** How many plans may execute on a spoke at once. */
export function maxConcurrentOf({ maxConcurrent }: Pick<SpokeRecord, 'maxConcurrent'>): number {
  return maxConcurrent ?? SPOKE_CONCURRENCY;
}
