import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIGRATIONS } from '@apollo-deploy/migrations';
import { Client } from 'pg';
import { migrateSchema } from '../database/migrate-schema.js';
import { startEmbeddedPostgres } from '../embedded/embedded-postgres.js';
import { shortHash } from '../embedded/short-hash.js';

/** States of a connection. */
export const IN_TRANSACTION = 'xact_start IS NOT NULL';
export const WAITS_FOR_A_LOCK = `wait_event_type = 'Lock'`;

/** Connections of clients: the server's own workers, such as one that vacuums, are none. */
const OTHERS = `pg_stat_activity WHERE datname = current_database()
  AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;

/** A database of one test file's own. */
export interface TestDatabase {
  readonly url: string;
  /** Runs one statement outside of any store, as an administrator would. */
  query(statement: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** How many connections but the asking one are in a state: a condition on `pg_stat_activity`. */
  connections(state: string): Promise<number>;
  /** Ends every connection, as a failing network or an operator does. */
  disconnectAll(): Promise<void>;
  /** Lets whoever writes these tables wait, and whoever reads them not; until the function returned is called. */
  holdWrites(tables: readonly string[]): Promise<() => Promise<void>>;
  /** Deletes every row. */
  empty(): Promise<void>;
  /** Keeps a copy of all there is, in place of an earlier one. Connections are cut. */
  backUp(): Promise<void>;
  /** Puts the copy in the place of all there is. Connections are cut. */
  restore(): Promise<void>;
  drop(): Promise<void>;
}

interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A new database with the schema of this version, or with none. It lies on the server that
 * APOLLO_TEST_DATABASE_URL names, else on one that is started for it and stopped by `drop`.
 */
export async function testDatabase({ schema = true } = {}): Promise<TestDatabase> {
  const server = await testServer();
  const name = `apollo_test_${randomBytes(8).toString('hex')}`;
  const template = schema ? ` TEMPLATE ${await migratedTemplate(server.url)}` : '';
  await queryOnce(server.url, `CREATE DATABASE ${name}${template}`);
  const url = withDatabase(server.url, name);
  return {
    url,
    query: (statement, parameters = []) => queryOnce(url, statement, parameters),
    connections: (state) => countConnections(url, state),
    disconnectAll: async () => {
      await queryOnce(url, `SELECT pg_terminate_backend(pid) FROM ${OTHERS}`);
    },
    holdWrites: (tables) => holdWrites(url, tables),
    empty: () => emptyTables(url),
    backUp: () => copyDatabase(server.url, name, `${name}_backup`),
    restore: () => copyDatabase(server.url, `${name}_backup`, name),
    drop: async () => {
      await queryOnce(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
      await queryOnce(server.url, `DROP DATABASE IF EXISTS ${name}_backup WITH (FORCE)`);
      await server.stop();
    },
  };
}

async function copyDatabase(serverUrl: string, from: string, to: string): Promise<void> {
  await queryOnce(serverUrl, `DROP DATABASE IF EXISTS ${to} WITH (FORCE)`);
  await queryOnce(
    serverUrl,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
    [from],
  );
  await queryOnce(serverUrl, `CREATE DATABASE ${to} TEMPLATE ${from}`);
}

/** The same server's address with another database. */
export function withDatabase(url: string, database: string): string {
  return url.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${database}`);
}

async function testServer(): Promise<TestServer> {
  const url = process.env['APOLLO_TEST_DATABASE_URL'];
  if (url !== undefined && url !== '') return { url, stop: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), 'apollo-pg-'));
  await chmod(directory, 0o711);
  const server = await startEmbeddedPostgres({ directory, durable: false });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Made once a server and version of the schema; renamed when it is complete, so never half made. */
async function migratedTemplate(url: string): Promise<string> {
  const source = MIGRATIONS.map((migration) => new migration()).map((step) => JSON.stringify(step));
  const name = `apollo_template_${shortHash(source.join())}`;
  const guard = new Client({ connectionString: url });
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    const found = await guard.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount !== 0) return name;
    const draft = `${name}_${randomBytes(4).toString('hex')}`;
    await guard.query(`CREATE DATABASE ${draft}`);
    await migrateSchema({ url: withDatabase(url, draft) });
    await guard.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
    return name;
  } finally {
    await guard.end();
  }
}

async function countConnections(url: string, state: string): Promise<number> {
  const statement = `SELECT count(*)::integer AS found FROM ${OTHERS} AND ${state}`;
  return Number((await queryOnce(url, statement))[0]?.['found']);
}

async function holdWrites(url: string, tables: readonly string[]): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${tables.join(', ')} IN SHARE MODE`);
  return () => client.end();
}

async function emptyTables(url: string): Promise<void> {
  const tables = await queryOnce(
    url,
    `SELECT quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname = 'public' AND tablename <> 'schema_migrations'`,
  );
  // Faster than TRUNCATE, which makes new files. No trigger is asked: that of the audit trail refuses.
  const deletions = tables.map(({ name }) => `DELETE FROM ${String(name)}`);
  await queryOnce(url, ['SET session_replication_role = replica', ...deletions].join('; '));
}

async function queryOnce(
  url: string,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const values = parameters.length === 0 ? undefined : [...parameters];
    const { rows } = await client.query<Record<string, unknown>>(statement, values);
    return rows;
  } finally {
    await client.end();
  }
}
