import type { DayRange, PlanCount, PlanCounter } from '@apollo-deploy/domain';

/** By what counters are summed up. */
export const ANALYTICS_DIMENSIONS = ['type', 'product', 'environment', 'day'] as const;
export type AnalyticsDimension = (typeof ANALYTICS_DIMENSIONS)[number];

/** What all counters of one name add up to, for one type, product, environment or day. */
export interface CounterSum {
  /** The type, product, environment, or day (`YYYY-MM-DD`). */
  readonly key: string;
  readonly counter: PlanCounter;
  readonly sum: number;
}

/** Counters of plans that are only ever added to, so that no two who count lose anything. */
export interface AnalyticsRepository {
  /**
   * Adds these amounts, with the transaction: all or none of it. Whoever counts holds up others who
   * count the same for no longer than a commit takes, and never for good.
   */
  add(counts: readonly PlanCount[]): Promise<void>;
  /**
   * Sums of the counters of these days, in the order of key and counter. Costs what there is of
   * counters in the range, however many plans they count. `environments` absent = of all.
   */
  sums(
    by: AnalyticsDimension,
    days: DayRange,
    environments?: readonly string[],
  ): Promise<readonly CounterSum[]>;
  /**
   * Takes out counters of the days before this one (`YYYY-MM-DD`), the oldest first, at most `limit`
   * of them. Answers how many there were.
   */
  forgetBefore(day: string, limit: number): Promise<number>;
}
