import type { Release } from '../../catalog/release.js';
import type { ReportedRelease } from '../../catalog/entity.js';
import type { Recall } from '../../catalog/recall.js';

/** How the version that runs relates to the target: what the plan types choose by. */
export type Comparison = 'absent' | 'older' | 'same' | 'newer';

/** One entity, what it should be and what it is, reduced to what plan types decide on. */
export interface Situation {
  readonly product: string;
  /** `null`: nothing should be there. */
  readonly target: Release | null;
  readonly targetValuesDigest: string;
  /** A person named the target's version or a hold fixes it, rather than a channel or a range. */
  readonly pinned: boolean;
  /** `null`: nothing is there. */
  readonly reported: ReportedRelease | null;
  /** The version that last deployed against the target's. */
  readonly comparison: Comparison;
  /** The last plan with the target's content failed, and none has succeeded since. */
  readonly failed: boolean;
  /** The recall of what runs, where the target takes the entity off it. */
  readonly leaves?: Recall;
  /** A person lets a plan take over what is reported, which Apollo did not make. */
  readonly adopts: boolean;
  /** A person asked for another try. */
  readonly forced: boolean;
}

/** When a type of plan is the right answer to a situation. */
export interface PlanTypeRule {
  /** The reason in a sentence, or `undefined` if this type is no answer. At most one type answers. */
  propose(situation: Situation): string | undefined;
}
