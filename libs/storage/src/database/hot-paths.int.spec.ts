import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '@apollo-deploy/orchestration';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';

const FINISHED = 50_000;
const WAITING = 200;
const NOBODY = { environments: [], products: [], spokes: [] };
const NOW = '2026-03-02T12:00:00.000Z';

/** Plans of an age and a state, each of an entity that has hundreds of finished ones. */
function insertPlans(count: number, prefix: string, state: string, code: string): string {
  return `
    INSERT INTO plans (id, entity, environment, spoke, product, type, state, content, digest,
      content_key, helm_values, change_from, change_to, reason, passed_over, violations, recheck_at,
      attempt, created_at, version)
    SELECT '${prefix}' || n, '${prefix === 'old' ? 'entity-' : `${prefix}-`}' || n % ${WAITING},
      'dev', 'spoke-a', 'test-service', 'install', '${state}', '{}', '', '', '{}', 'null', 'null', '',
      '[]', '[{"code":"${code}","message":"","data":{}}]', timestamptz '${NOW}' - n * interval '1 s',
      1, timestamptz '${NOW}' - n * interval '1 minute', 1
    FROM generate_series(1, ${count}) AS n`;
}

const STATEMENTS = [
  insertPlans(FINISHED, 'old', 'SUCCEEDED', 'concurrency'),
  insertPlans(WAITING, 'blocked', 'BLOCKED', 'concurrency'),
  insertPlans(WAITING, 'pending', 'PENDING', 'rule'),
  insertPlans(WAITING, 'executing', 'EXECUTING', 'rule'),
  `INSERT INTO outbox_messages (id, spoke, type, plan_id, payload, created_at)
   SELECT 'm' || n, 'spoke-' || n % 500, 'plan.offer', 'p' || n, '{}', now()
   FROM generate_series(1, ${FINISHED}) AS n`,
  "UPDATE plans SET in_line_since = created_at WHERE state = 'BLOCKED'",
  'INSERT INTO dirty_entities (entity, force) SELECT id, false FROM plans',
  'ANALYZE',
];

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const statement of STATEMENTS) await database.query(statement);
});
afterAll(async () => {
  await database.drop();
});

/** How often a table was scanned as a whole, and how many of its rows were ever read. */
async function readsOf(table: string): Promise<{ readonly scans: number; readonly rows: number }> {
  for (;;) {
    const [row] = await database.query(
      `SELECT seq_scan::integer AS scans, (seq_tup_read + idx_tup_fetch)::integer AS rows,
         (SELECT count(*)::integer FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()) AS others
       FROM pg_stat_user_tables WHERE relname = $1`,
      [table],
    );
    // A connection counts what it read before it ends.
    if (row?.['others'] === 0) return { scans: Number(row['scans']), rows: Number(row['rows']) };
  }
}

describe(`among ${String(FINISHED)} finished plans`, () => {
  const entities = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}-${String(index)}`);
  const READS: {
    name: string;
    table?: string;
    read: (unit: UnitOfWork) => Promise<{ readonly length: number }>;
    found: number;
  }[] = [
    {
      name: 'open plans of a batch of entities',
      read: ({ plans }) => plans.openOf([...entities('entity', 100), ...entities('blocked', 100)]),
      found: 100,
    },
    { name: 'plans that are due', read: ({ plans }) => plans.dueAt(NOW, 100), found: 100 },
    {
      name: 'the next instant at which one is due',
      read: async ({ plans }) => [await plans.nextDueAfter('2026-03-02T11:59:00.000Z')],
      found: 1,
    },
    {
      name: 'how many execute in an environment',
      read: async ({ plans }) => {
        const { environments } = await plans.executing({ ...NOBODY, environments: ['dev'] });
        return { length: environments.get('dev') ?? 0 };
      },
      found: WAITING,
    },
    {
      name: 'whom a violation holds',
      read: ({ plans }) => plans.blockedBy('concurrency', ['dev']),
      found: WAITING,
    },
    {
      name: 'who stands in line for a slot',
      read: ({ plans }) => plans.line({ ...NOBODY, environments: ['dev'] }, NOBODY, 20),
      found: 20,
    },
    {
      name: 'plans left undispatched',
      read: async ({ plans }) => (await plans.pendingIn(['dev'], { limit: 100 })).items,
      found: 100,
    },
    {
      name: 'a batch of marked entities, among as many marks',
      table: 'dirty_entities',
      read: ({ dirty }) => dirty.take(100),
      found: 100,
    },
    {
      name: 'messages for a spoke, among as many messages',
      table: 'outbox_messages',
      read: ({ outbox }) => outbox.pending(['spoke-7']),
      found: FINISHED / 500,
    },
  ];
  it.each(READS)(
    'reads no table as a whole for: $name',
    async ({ table = 'plans', read, found }) => {
      const before = await readsOf(table);
      const store = await DatabaseStore.open({ url: database.url });
      const answer = await store.transact(read);
      await store.close();
      const after = await readsOf(table);
      expect({ found: answer.length, scans: after.scans - before.scans }).toEqual({
        found,
        scans: 0,
      });
      expect(after.rows - before.rows).toBeLessThan(2000);
    },
  );
});
