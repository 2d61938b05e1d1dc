import type { Ids } from '@apollo-deploy/orchestration';
import { monotonicFactory } from 'ulid';

/**
 * ULIDs: 26 characters, unique over replicas and restarts. Those of one process are in the order in
 * which they were made; those of several are so as far as their clocks agree.
 */
export class UlidIds implements Ids {
  readonly next = monotonicFactory();
}
