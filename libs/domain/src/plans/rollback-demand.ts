import type { RestorableContent } from './baseline.js';

/** Who wants an entity to go back. */
export type RollbackDemandKind =
  /** A change failed after it had touched what runs. */
  | 'automatic'
  /** A person asked. */
  | 'requested'
  /** What runs was recalled, and going back is the way out. */
  | 'recall';

/** A rollback that is still to be carried out; an entity has one at most. */
export interface RollbackDemand {
  readonly id: string;
  readonly entity: string;
  readonly kind: RollbackDemandKind;
  readonly to: RestorableContent;
  /** The plan that is rolled back; absent if no plan brought what runs. */
  readonly because?: string;
  /** Who demanded it: a person, or `engine`. */
  readonly by: string;
  /** In a sentence that can stand alone. */
  readonly reason: string;
  readonly at: string;
}
