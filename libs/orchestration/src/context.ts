import type { Clock } from './ports/clock.js';
import type { Ids } from './ports/ids.js';
import type { Store } from './ports/store.js';

/** What every use case works with. */
export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** When this replica started: it judges nobody by a silence that may have been its own. */
  readonly startedAt: Date;
}
