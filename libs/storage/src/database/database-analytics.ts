import type { DayRange, PlanCount, PlanCounter } from '@apollo-deploy/domain';
import type {
  AnalyticsDimension,
  AnalyticsRepository,
  CounterSum,
} from '@apollo-deploy/orchestration';
import { PLAN_COUNTS } from './analytics-maps.js';
import type { DatabaseSession } from './database-session.js';

/** As the answer spells them; days as text, which no setting of the server changes. */
const KEYS = {
  type: 'type',
  product: 'product',
  environment: 'environment',
  day: `to_char(day, 'YYYY-MM-DD')`,
} as const satisfies Record<AnalyticsDimension, string>;

/**
 * Counts of a transaction are written together right before its commit, in the order of their keys.
 * So counters are the last thing that any transaction waits for, and two that wait for each other
 * cannot be; and a batch costs one statement.
 */
export class DatabaseAnalytics implements AnalyticsRepository {
  private readonly pending = new Map<string, PlanCount>();

  constructor(private readonly session: DatabaseSession) {}

  async add(counts: readonly PlanCount[]): Promise<void> {
    this.session.beforeCommit(this.writePending);
    for (const count of counts) {
      const key = JSON.stringify(PLAN_COUNTS.key.map((field) => count[field]));
      const amount = count.amount + (this.pending.get(key)?.amount ?? 0);
      this.pending.set(key, { ...count, amount });
    }
  }

  async sums(
    by: AnalyticsDimension,
    { from, to }: DayRange,
    environments?: readonly string[],
  ): Promise<readonly CounterSum[]> {
    await this.writePending();
    const rows = await this.session.read(
      `SELECT ${KEYS[by]} AS key, counter, sum(amount) AS sum FROM plan_counts
       WHERE day >= $1::date AND day < $2::date
         AND ($3::text[] IS NULL OR environment = ANY($3))
       GROUP BY 1, counter ORDER BY ${KEYS[by]} COLLATE "C", counter`,
      [from, to, environments ?? null],
    );
    return rows.map(({ key, counter, sum }) => ({
      key: key as string,
      counter: counter as PlanCounter,
      sum: Number(sum),
    }));
  }

  async forgetBefore(day: string, limit: number): Promise<number> {
    const rows = await this.session.query(
      `DELETE FROM plan_counts WHERE (day, environment, product, type, counter) IN (
         SELECT day, environment, product, type, counter FROM plan_counts WHERE day < $1::date
         ORDER BY day, environment, product, type, counter LIMIT $2
       ) RETURNING counter`,
      [day, limit],
    );
    return rows.length;
  }

  private readonly writePending = async (): Promise<void> => {
    if (this.pending.size === 0) return;
    const counts = [...this.pending]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, count]) => count);
    this.pending.clear();
    const { insertion, keyColumns, table } = PLAN_COUNTS;
    await this.session.query(
      `${insertion} ON CONFLICT (${keyColumns})
       DO UPDATE SET amount = ${table}.amount + excluded.amount`,
      PLAN_COUNTS.arrays(counts),
    );
  };
}
