import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PageRequest, UnitOfWork } from '@apollo-deploy/orchestration';
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

const PLANS_ELSEWHERE = `
  INSERT INTO plans (id, entity, environment, spoke, product, type, state, content, digest,
    content_key, helm_values, change_from, change_to, reason, passed_over, violations, attempt,
    created_at, version)
  SELECT 'q' || n, 'elsewhere-' || n, 'prod', 'spoke-b', 'test-service', 'install', 'SUCCEEDED', '{}',
    '', '', '{}', 'null', 'null', '', '[]', '[]', 1, now(), 1
  FROM generate_series(1, ${MANY}) AS n`;

const PLAN_COUNTS = `
  INSERT INTO plan_counts
  SELECT date '2026-03-01' + n % 50, 'dev', 'product-' || n, 'upgrade', 'succeeded', 1
  FROM generate_series(1, ${MANY}) AS n`;

const AUDIT = `
  INSERT INTO audit_entries (id, at, actor, actor_kind, action, subject, detail)
  SELECT 'a' || n, timestamptz '2026-03-02T12:00:00Z' + n * interval '1 second', 'sre-1', 'person',
    'plan.cancel', 'plan/p' || n, '{}'
  FROM generate_series(1, ${MANY}) AS n`;

const EVENTS = `
  INSERT INTO events (at, type, subject, data)
  SELECT timestamptz '2026-03-02T12:00:00Z' + n * interval '1 second', 'plan.changed', '{}', '{}'
  FROM generate_series(1, ${MANY}) AS n`;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const statement of [RELEASES, PLANS, PLANS_ELSEWHERE, PLAN_COUNTS, AUDIT, EVENTS, 'ANALYZE'])
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
        const found = await unit.releases.needs(['product-7', 'product-8']);
        expect(found.map(({ needs }) => needs)).toContain('product-7');
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
      name: 'the releases of a chart that a spoke asks for',
      index: 'releases_chart',
      read: async (unit) => {
        await unit.charts.put('c1', new Uint8Array([1]));
        expect(await unit.charts.getFor('spoke-a', 'c1')).toBeUndefined();
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

/** How many rows of a table were read, by index or without one. Exact, as above. */
async function rowsReadOf(table: string): Promise<number> {
  for (;;) {
    const [row] = await database.query(
      `SELECT (seq_tup_read + idx_tup_fetch)::integer AS read,
         (SELECT count(*)::integer FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()) AS others
       FROM pg_stat_user_tables WHERE relname = $1`,
      [table],
    );
    if (row?.['others'] === 0) return Number(row['read']);
  }
}

describe('a page from far within a list', () => {
  const LIMIT = 50;
  let farEvent: string;
  beforeAll(async () => {
    const [row] = await database.query(
      `SELECT transaction || '-' || position || '-' || floor(extract(epoch FROM at) * 1000) AS id
       FROM events WHERE position = ${MANY - 500}`,
    );
    farEvent = String(row?.['id']);
  });
  const page = (after: string): PageRequest => ({ after, limit: LIMIT });
  const LISTS: {
    name: string;
    table: string;
    /** How many times each row of the page is read; 1 if absent. */
    times?: number;
    read: (unit: UnitOfWork) => Promise<readonly unknown[]>;
  }[] = [
    {
      name: 'plans',
      table: 'plans',
      read: async (unit) => (await unit.plans.list({}, page('p500'))).items,
    },
    {
      name: 'plans of an environment',
      table: 'plans',
      read: async (unit) => (await unit.plans.list({ environment: 'dev' }, page('p500'))).items,
    },
    {
      name: 'plans of the environments that somebody sees',
      table: 'plans',
      times: 2,
      read: async (unit) => {
        const environments = ['dev', 'staging'];
        return (await unit.plans.list({ environments }, page('p500'))).items;
      },
    },
    {
      name: 'the audit trail',
      table: 'audit_entries',
      read: async (unit) => (await unit.audit.list({}, page('a4500'))).items,
    },
    {
      name: 'events',
      table: 'events',
      read: async (unit) => {
        const read = await unit.events.after(farEvent, LIMIT);
        return read.ok ? read.value : [];
      },
    },
  ];
  it.each(LISTS)('of $name reads no more than the page', async ({ table, times = 1, read }) => {
    const before = await rowsReadOf(table);
    const store = await DatabaseStore.open({ url: database.url });
    expect(await store.transact(read)).toHaveLength(LIMIT);
    await store.close();
    // The page, one row to see whether more follow, and the one it begins after.
    expect((await rowsReadOf(table)) - before).toBeLessThanOrEqual(times * (LIMIT + 1) + 1);
  });
});
