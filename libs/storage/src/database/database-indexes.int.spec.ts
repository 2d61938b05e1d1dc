import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '@apollo-deploy/orchestration';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

const MANY = 5_000;

const RELEASES = `
  INSERT INTO releases
  SELECT 'r' || n, 'product-' || n, '1.0.0', '{}',
    json_build_array(json_build_object('product', 'product-' || n % 500, 'range', '^1', 'optional', false)),
    false, now(), 'dev-operator'
  FROM generate_series(1, ${MANY}) AS n`;

const PLANS = `
  INSERT INTO plans (id, entity, environment, spoke, product, type, state, content, digest,
    content_key, helm_values, change_from, change_to, reason, passed_over, violations, recheck_at,
    attempt, created_at, version)
  SELECT 'p' || n, 'entity-' || n, 'dev', 'spoke-a', 'test-service', 'install',
    CASE WHEN n % 2 = 0 THEN 'BLOCKED' ELSE 'SUCCEEDED' END, '{}', '', '', '{}', 'null', 'null', '',
    '[]', '[]', timestamptz '2026-03-02T12:00:00Z' + n * interval '1 minute', 1, now(), 1
  FROM generate_series(1, ${MANY}) AS n`;

const PLAN_COUNTS = `
  INSERT INTO plan_counts
  SELECT date '2026-03-01' + n % 50, 'dev', 'product-' || n, 'upgrade', 'succeeded', 1
  FROM generate_series(1, ${MANY}) AS n`;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const statement of [RELEASES, PLANS, PLAN_COUNTS, 'ANALYZE'])
    await database.query(statement);
});
afterAll(async () => {
  await database.drop();
});

/** How often an index was read. Exact, as a connection counts before it ends. */
async function readsOf(index: string): Promise<number> {
  for (;;) {
    const [row] = await database.query(
      `SELECT idx_scan::integer AS reads,
         (SELECT count(*)::integer FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()) AS others
       FROM pg_stat_user_indexes WHERE indexrelname = $1`,
      [index],
    );
    if (row?.['others'] === 0) return Number(row['reads']);
  }
}

describe('among many rows', () => {
  const READS: { name: string; index: string; read: (unit: UnitOfWork) => Promise<unknown> }[] = [
    {
      name: 'the dependents of a product',
      index: 'releases_dependency_products',
      read: async (unit) => {
        const found = await unit.releases.dependents(['product-7', 'product-8']);
        expect(found).toHaveLength((2 * MANY) / 500);
      },
    },
    {
      name: 'the counters of a day',
      index: 'plan_counts_pkey',
      read: async (unit) => {
        const days = { from: '2026-03-02', to: '2026-03-03' };
        const sums = await unit.analytics.sums('type', days);
        expect(sums).toEqual([{ key: 'upgrade', counter: 'succeeded', sum: MANY / 50 }]);
      },
    },
    {
      name: 'the plans that are due',
      index: 'plans_due',
      read: async (unit) => {
        const due = await unit.plans.dueAt('2026-03-02T12:05:00.000Z', 100);
        expect(due).toEqual(['entity-2', 'entity-4']);
      },
    },
  ];
  it.each(READS)('finds $name by index', async ({ index, read }) => {
    const before = await readsOf(index);
    const store = await DatabaseStore.open({ url: database.url });
    await store.transact(read);
    await store.close();
    expect((await readsOf(index)) - before).toBe(1);
  });
});
