import {
  type DayRange,
  type PlanCounter,
  type PlanStatistics,
  planStatistics,
  type ViolationCount,
} from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { AnalyticsDimension, CounterSum } from '../ports/analytics-repository.js';

/** Statistics of the plans of one type, product, environment or day. */
export interface PlanGroup extends PlanStatistics {
  readonly key: string;
}

export interface PlanAnalytics {
  /** In the order of their keys. A group has a plan that ended, was blocked or was approved in the range. */
  readonly groups: readonly PlanGroup[];
  /** Of all groups. */
  readonly violations: readonly ViolationCount[];
}

type Sums = Map<PlanCounter, number>;

/**
 * How plans ended on these days, how long they took and waited, and what blocked them; in these
 * environments, or in all where they are absent.
 */
export async function planAnalytics(
  { store }: Context,
  by: AnalyticsDimension,
  days: DayRange,
  environments?: readonly string[],
): Promise<PlanAnalytics> {
  const sums = await store.transact((unit) => unit.analytics.sums(by, days, environments));
  const groups = [...byKey(sums)].map(([key, ofKey]) => ({ key, ...planStatistics(ofKey) }));
  return { groups, violations: planStatistics(overAll(sums)).violations };
}

function byKey(sums: readonly CounterSum[]): ReadonlyMap<string, Sums> {
  const groups = new Map<string, Sums>();
  for (const { key, counter, sum } of sums) {
    const group = groups.get(key) ?? new Map<PlanCounter, number>();
    groups.set(key, group.set(counter, sum));
  }
  return groups;
}

function overAll(sums: readonly CounterSum[]): Sums {
  const all: Sums = new Map();
  for (const { counter, sum } of sums) all.set(counter, (all.get(counter) ?? 0) + sum);
  return all;
}
