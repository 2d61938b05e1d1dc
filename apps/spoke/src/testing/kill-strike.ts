import type { PlanOffer } from '@apollo-deploy/protocol';
import type { Moment } from './kill-front.js';
import type { KillGoal } from './kill-goals.js';

/** A kill that is to happen in the plan under way. */
export interface Strike {
  readonly goal: KillGoal;
  readonly offer: PlanOffer;
  readonly moment: Moment | 'later';
  /** The plan's own look at the ledger comes first of all. */
  begun: boolean;
  /** Settled once the victim is dead; true if it was killed. */
  done: Promise<boolean> | null;
}

/** When the next kill comes, by a number evenly spread over 0 ≤ x < 1. */
export function momentOf(chance: number): Strike['moment'] {
  return chance < 0.4 ? 'before' : chance < 0.8 ? 'after' : 'later';
}

/** True at the right end of a request, as long as nobody was struck. */
export function isMoment({ begun, done, moment: wanted }: Strike, moment: Moment): boolean {
  const isRightEnd = moment === (wanted === 'before' ? 'before' : 'after');
  return begun && done === null && isRightEnd;
}
