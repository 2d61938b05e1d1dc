import { setTimeout as pause } from 'node:timers/promises';
import { MIGRATIONS } from '@apollo-deploy/migrations';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import type { DataSource, QueryRunner } from 'typeorm';
import { errorCode } from '../error-code.js';
import { databaseFailure, TransactionConflict, unavailable } from './database-failure.js';
import { type DatabaseSettings, migrationSource, targetOf } from './database-settings.js';

/** Taken by whoever changes the schema; the bytes of "apollo". */
const GUARD = '107075202084975';
/** What PostgreSQL answers who lacks a privilege. */
const NOT_PERMITTED = '42501';
const POLL_MS = 100;
const WAIT_MS = 120_000;

export interface MigrationOptions {
  readonly migrations?: readonly (new () => object)[];
  /** How long to wait for another hub that is changing the schema. Default 120 s. */
  readonly waitMs?: number;
}

/** The schema was made by a newer version of Apollo than this one. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
  readonly retryable = false;
}

/** The schema is of an older version, and the role of this hub may not change it. */
export class SchemaNotOurs extends Error {
  override readonly name = 'SchemaNotOurs';
  readonly retryable = false;
}

/**
 * Brings the schema to this version; any number of hubs may do so at once, and one does. Throws
 * `SchemaTooNew` if a newer version was here, `SchemaNotOurs` if this role may not do it, and
 * `StoreUnavailable` if the database cannot be reached or another hub takes too long.
 */
export async function migrateSchema(
  settings: DatabaseSettings,
  { migrations = MIGRATIONS, waitMs = WAIT_MS }: MigrationOptions = {},
): Promise<void> {
  const target = targetOf(settings);
  const source = migrationSource(settings, migrations);
  try {
    await source.initialize();
  } catch (error) {
    throw unavailable(target, error);
  }
  const guard = source.createQueryRunner();
  try {
    await takeGuard(guard, waitMs);
    // Read under the guard: another hub may have changed the schema just now.
    await refuseNewerSchema(source, guard);
    await source.runMigrations();
  } catch (error) {
    throw translated(error, target);
  } finally {
    // The guard belongs to the connection, and goes with it.
    await guard.release();
    await source.destroy();
  }
}

/** Polls: whoever waits inside of PostgreSQL would hold up CREATE INDEX CONCURRENTLY for ever. */
async function takeGuard(guard: QueryRunner, waitMs: number): Promise<void> {
  for (const until = Date.now() + waitMs; ; await pause(POLL_MS)) {
    const [row] = (await guard.query('SELECT pg_try_advisory_lock($1) AS taken', [GUARD])) as [
      { readonly taken: boolean },
    ];
    if (row.taken) return;
    if (Date.now() >= until) {
      throw new StoreUnavailable(
        `another hub has been changing the database's schema for more than ${waitMs / 1000} s; ` +
          'wait until it is done, or see in pg_stat_activity what it waits for',
      );
    }
  }
}

async function refuseNewerSchema(source: DataSource, guard: QueryRunner): Promise<void> {
  if (!(await guard.hasTable('schema_migrations'))) return;
  const applied = (await guard.query('SELECT name FROM schema_migrations ORDER BY id')) as {
    readonly name: string;
  }[];
  const known = new Set(source.migrations.map(({ name, constructor }) => name ?? constructor.name));
  const unknown = applied.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (unknown.length === 0) return;
  throw new SchemaTooNew(
    `the database was prepared by a newer version of Apollo (${unknown.join(', ')}); start that ` +
      'version or a later one, or restore a backup from before the upgrade',
  );
}

function translated(error: unknown, target: string): unknown {
  if (error instanceof StoreUnavailable || error instanceof SchemaTooNew) return error;
  if (errorCode(error) === NOT_PERMITTED) {
    return new SchemaNotOurs(
      'the schema is older than this version, and the role of this hub may not change it; run ' +
        '`node apps/hub/dist/migrate.js` with the DATABASE_URL of the owner of the tables, then start the hub again',
      { cause: error },
    );
  }
  const failure = databaseFailure(error, target);
  return failure instanceof TransactionConflict ? unavailable(target, error) : failure;
}
