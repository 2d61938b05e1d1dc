import type { UnknownPlan } from '../ports/records.js';

/** What the ledger in a cluster holds of one plan. */
export interface ToldPlan extends UnknownPlan {
  /** What is declined if it failed, as `contentKey` names it; absent: nobody can tell, or nothing is. */
  readonly contentKey?: string;
}
