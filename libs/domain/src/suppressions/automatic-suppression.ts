import type { Plan } from '../plans/plan.js';

/**
 * After a plan failed, or content that succeeded did not stay, its entity is left alone for a while:
 * plans wait, nothing is forgotten.
 */
export interface AutomaticSuppression {
  readonly id: string;
  readonly entity: string;
  readonly environment: string;
  /** When the last failure, or success in vain, began it. RFC 3339, as `until`. */
  readonly from: string;
  /** Not part of it. The record outlives this instant, to count failures in a row. */
  readonly until: string;
  /** Failures of this content, or times it did not stay, in a row; 1 or more. */
  readonly failures: number;
  /** The plan that failed, or succeeded in vain, last. */
  readonly planId: string;
  /** What failed; another target ends the suppression. */
  readonly contentKey: string;
  /** How it failed, or why it does not stay, in a sentence for people. */
  readonly reason: string;
}

const MINUTE_MS = 60_000;
const FIRST_MS = 30 * MINUTE_MS;
const LONGEST_MS = 24 * 60 * MINUTE_MS;

/** How long an entity is left alone after so many failures in a row: 30 minutes, doubling, at most a day. */
function backOffMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}

/** A failure that suppresses, and the id for the suppression if it is the first in a row. */
export interface SuppressingFailure {
  readonly id: string;
  readonly plan: Pick<Plan, 'id' | 'entity' | 'environment' | 'contentKey'>;
  readonly at: Date;
  readonly reason: string;
}

/** The suppression after one more failure: the same content again lasts longer, other content starts anew. */
export function suppressionAfter(
  { id, plan, at, reason }: SuppressingFailure,
  before: AutomaticSuppression | undefined,
): AutomaticSuppression {
  const again = before?.contentKey === plan.contentKey ? before : undefined;
  const failures = (again?.failures ?? 0) + 1;
  return {
    id: again?.id ?? id,
    entity: plan.entity,
    environment: plan.environment,
    from: at.toISOString(),
    until: new Date(at.getTime() + backOffMs(failures)).toISOString(),
    failures,
    planId: plan.id,
    contentKey: plan.contentKey,
    reason,
  };
}

/** Whether it holds the entity at an instant: from its begin on, and no longer at its end. */
export function isSuppressedAt({ until }: Pick<AutomaticSuppression, 'until'>, now: Date): boolean {
  return now.getTime() < Date.parse(until);
}
