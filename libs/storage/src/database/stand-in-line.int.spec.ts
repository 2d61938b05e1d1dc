import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MIGRATIONS } from '@apollo-deploy/migrations';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { DatabaseStore } from './database-store.js';
import { migrateSchema } from './migrate-schema.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase({ schema: false });
});
afterEach(async () => {
  await database.drop();
});

const CREATED = '2026-03-02T12:00:00.000Z';
const OPEN_UNTIL = '2026-03-02T14:00:00.000Z';

/** A plan as a version wrote it that knew no line. */
async function planOf(entity: string, codes: readonly string[], recheckAt?: string): Promise<void> {
  const violations = codes.map((code) => ({ code, message: `held by ${code}`, data: {} }));
  await database.query(
    `INSERT INTO plans (id, entity, environment, spoke, product, type, plan_class, state, content,
       digest, content_key, helm_values, change_from, change_to, reason, passed_over, violations,
       attempt, created_at, version, recheck_at)
     VALUES ($1, $1, 'dev', 'spoke-a', 'test-service', 'install', 'ordinary', 'BLOCKED', '{}',
       'd', 'k', '{}', 'null', 'null', 'it is not there', '[]', $2, 1, $3, 1, $4)`,
    [entity, JSON.stringify(violations), CREATED, recheckAt],
  );
}

it('gives a place by age to whom only a limit holds, also while a window is open', async () => {
  const before = MIGRATIONS.findIndex(({ name }) => name.startsWith('StandInLine'));
  await migrateSchema({ url: database.url }, { migrations: MIGRATIONS.slice(0, before) });
  await planOf('limited', ['concurrency']);
  await planOf('limited-in-window', ['concurrency'], OPEN_UNTIL);
  await planOf('limited-and-shut', ['concurrency', 'maintenance_window'], OPEN_UNTIL);
  await planOf('shut', ['maintenance_window'], OPEN_UNTIL);
  await migrateSchema({ url: database.url });

  const store = await DatabaseStore.open({ url: database.url });
  const none = { environments: [], products: [], spokes: [] };
  const line = await store.transact(({ plans }) =>
    plans.line({ ...none, environments: ['dev'] }, none, 10),
  );
  await store.close();
  expect(line.map(({ entity, since }) => [entity, since])).toEqual([
    ['limited', CREATED],
    ['limited-in-window', CREATED],
  ]);
});

it('keeps the place that a plan in line took over from another one', async () => {
  const before = MIGRATIONS.findIndex(({ name }) => name.startsWith('KeepPlaces'));
  await migrateSchema({ url: database.url }, { migrations: MIGRATIONS.slice(0, before) });
  const since = { own: CREATED, inherited: '2026-03-02T11:00:00.000Z' };
  for (const [entity, instant] of Object.entries(since)) {
    await planOf(entity, ['concurrency']);
    await database.query('UPDATE plans SET in_line_since = $2 WHERE id = $1', [entity, instant]);
  }
  await migrateSchema({ url: database.url });
  const store = await DatabaseStore.open({ url: database.url });
  const plans = await store.transact((unit) => unit.plans.openOf(['inherited', 'own']));
  await store.close();
  expect(plans.map(({ queuedSince }) => queuedSince)).toEqual([since.inherited, undefined]);
});
