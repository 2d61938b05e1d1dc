import { describeHold, type Hold } from '@apollo-deploy/domain';
import { whatLifts } from './holds.js';
import type { EvaluationOutcome } from './open-plan.js';

/** An entity that was to be tried once more, and what keeps it from that. */
export interface HeldBack {
  readonly entity: string;
  /** Identifier of the hold. */
  readonly hold: string;
  /** For people, with what lifts it. */
  readonly message: string;
}

/** What an evaluation on request did. */
export interface EvaluationSummary {
  readonly evaluated: number;
  /** Identifiers of the plans that were made, or replaced another, and may go. */
  readonly proposed: readonly string[];
  /** Identifiers of the plans that something holds. */
  readonly blocked: readonly string[];
  readonly unchanged: number;
  /** Of those for which another try was asked, who is held; absent if nobody is. */
  readonly held?: readonly HeldBack[];
}

/** Sums up batch by batch, so that a large fleet is not gone through once more at the end. */
export class EvaluationTally {
  private evaluated = 0;
  private unchanged = 0;
  private readonly held: HeldBack[] = [];
  private readonly plans = { proposed: [] as string[], blocked: [] as string[] };

  add(outcomes: readonly EvaluationOutcome[]): void {
    this.evaluated += outcomes.length;
    for (const { entity, result, planId, heldBy } of outcomes) {
      if (heldBy !== undefined) this.held.push(heldBack(entity, heldBy));
      if (result === 'unchanged') this.unchanged += 1;
      else if (planId !== undefined) this.plans[result].push(planId);
    }
  }

  summary(): EvaluationSummary {
    const { evaluated, plans, unchanged, held } = this;
    return { evaluated, ...plans, unchanged, ...(held.length > 0 && { held }) };
  }
}

function heldBack(entity: string, hold: Hold): HeldBack {
  const message = `${entity} is held: ${describeHold(hold)}; nothing else is tried until ${whatLifts(hold)}`;
  return { entity, hold: hold.id, message };
}

export function summaryOf(outcomes: readonly EvaluationOutcome[]): EvaluationSummary {
  const tally = new EvaluationTally();
  tally.add(outcomes);
  return tally.summary();
}
