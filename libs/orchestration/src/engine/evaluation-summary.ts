import type { EvaluationOutcome } from './open-plan.js';

/** What an evaluation on request did. */
export interface EvaluationSummary {
  readonly evaluated: number;
  /** Identifiers of the plans that were made, or replaced another, and may go. */
  readonly proposed: readonly string[];
  /** Identifiers of the plans that something holds. */
  readonly blocked: readonly string[];
  readonly unchanged: number;
}

/** Sums up batch by batch, so that a large fleet is not gone through once more at the end. */
export class EvaluationTally {
  private evaluated = 0;
  private unchanged = 0;
  private readonly plans = { proposed: [] as string[], blocked: [] as string[] };

  add(outcomes: readonly EvaluationOutcome[]): void {
    this.evaluated += outcomes.length;
    for (const { result, planId } of outcomes) {
      if (result === 'unchanged') this.unchanged += 1;
      else if (planId !== undefined) this.plans[result].push(planId);
    }
  }

  summary(): EvaluationSummary {
    return { evaluated: this.evaluated, ...this.plans, unchanged: this.unchanged };
  }
}

export function summaryOf(outcomes: readonly EvaluationOutcome[]): EvaluationSummary {
  const tally = new EvaluationTally();
  tally.add(outcomes);
  return tally.summary();
}
