import type { DayRange, PlanCount } from '@apollo-deploy/domain';
import type {
  AnalyticsDimension,
  AnalyticsRepository,
  CounterSum,
} from '../analytics-repository.js';
import { compositeKey, TableView } from './memory-table.js';
import { type MemoryTables, planCountKey } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryAnalytics implements AnalyticsRepository {
  private readonly view: TableView<PlanCount, 'day'>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.planCounts, transaction);
  }

  async add(counts: readonly PlanCount[]): Promise<void> {
    for (const count of counts) {
      const stored = this.view.get(planCountKey(count));
      this.view.put({ ...count, amount: count.amount + (stored?.amount ?? 0) });
    }
  }

  async sums(
    by: AnalyticsDimension,
    days: DayRange,
    environments?: readonly string[],
  ): Promise<readonly CounterSum[]> {
    const sums = new Map<string, CounterSum>();
    for (const count of daysOf(days).flatMap((day) => this.view.inGroup('day', day))) {
      if (environments?.includes(count.environment) === false) continue;
      const { [by]: key, counter, amount } = count;
      const place = compositeKey(key, counter);
      sums.set(place, { key, counter, sum: amount + (sums.get(place)?.sum ?? 0) });
    }
    return [...sums.values()].sort(byKeyAndCounter);
  }

  async forgetBefore(day: string, limit: number): Promise<number> {
    const old = this.view
      .all()
      .map(({ row }) => row)
      .filter((count) => count.day < day)
      .sort((one, other) => (one.day < other.day ? -1 : 1))
      .slice(0, limit);
    for (const count of old) this.view.remove(planCountKey(count));
    return old.length;
  }
}

function daysOf({ from, to }: DayRange): readonly string[] {
  const days: string[] = [];
  for (const day = new Date(from); day < new Date(to); day.setUTCDate(day.getUTCDate() + 1)) {
    days.push(day.toISOString().slice(0, 10));
  }
  return days;
}

function byKeyAndCounter(one: CounterSum, other: CounterSum): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  return one.counter < other.counter ? -1 : 1;
}
