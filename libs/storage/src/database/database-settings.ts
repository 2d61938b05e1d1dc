import { Client, type ClientBase, type ClientConfig, Pool, type PoolConfig } from 'pg';
import { DataSource } from 'typeorm';

export interface DatabaseSettings {
  /** `postgresql://…`; a folder as `host` means a socket in it. */
  readonly url: string;
  /** Connections at most, besides the one that listens; 2 or more. Default 10. */
  readonly poolSize?: number;
  /** How long one statement may take. Default 30 s. */
  readonly statementTimeoutMs?: number;
  /** How long a statement may wait for a lock before the transaction is tried again. Default 2 s. */
  readonly lockTimeoutMs?: number;
  /** How long a work may pause between two statements. Default 15 s. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Told when a connection that nobody was using breaks. The next one that is needed is made anew. */
  readonly onConnectionLost?: (error: Error) => void;
}

const POOL_SIZE = 10;
const CONNECT_MS = 5_000;
/** The driver gives up on an answer this much later than the server should have. */
const ANSWER_GRACE_MS = 5_000;
/** Idle for so long, a connection that listens is probed. */
const KEEP_ALIVE_MS = 10_000;

/** Where the database is, in words that may be shown: without user and password. */
export function targetOf({ url }: Pick<DatabaseSettings, 'url'>): string {
  const { host, port, database } = new Client({ connectionString: url });
  return `"${database ?? ''}" at ${host}:${port}`;
}

/** Connections for transactions, each with the time limits of the settings. Not yet connected. */
export function transactionPool(settings: DatabaseSettings): Pool {
  const statementMs = settings.statementTimeoutMs ?? 30_000;
  const pool = new Pool({
    ...connectionOf(settings),
    max: Math.max(2, settings.poolSize ?? POOL_SIZE),
    statement_timeout: statementMs,
    query_timeout: statementMs + ANSWER_GRACE_MS,
    lock_timeout: settings.lockTimeoutMs ?? 2_000,
    idle_in_transaction_session_timeout: settings.idleInTransactionTimeoutMs ?? 15_000,
  });
  pool.on('error', settings.onConnectionLost ?? (() => undefined));
  return pool;
}

/** A connection that listens, and asks for nothing else. */
export function listenerSettings(settings: DatabaseSettings): ClientConfig {
  const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS };
  return { ...connectionOf(settings), ...keepAlive, query_timeout: ANSWER_GRACE_MS };
}

/** Two connections without limits on statements: one holds the guard, one changes the schema. */
export function migrationSource(
  settings: DatabaseSettings,
  migrations: readonly (new () => object)[],
): DataSource {
  return new DataSource({
    type: 'postgres',
    installExtensions: false,
    synchronize: false,
    logging: false,
    migrations: [...migrations],
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    poolErrorHandler: settings.onConnectionLost ?? (() => undefined),
    extra: { ...connectionOf(settings), max: 2, lock_timeout: 10_000 },
  });
}

function connectionOf({ url }: Pick<DatabaseSettings, 'url'>): PoolConfig {
  return {
    connectionString: url,
    application_name: 'apollo-hub',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    onConnect: keepFromCrashing,
  };
}

/**
 * A connection that breaks between leaving the pool and reaching its user has no listener of either,
 * and the error would end the process. Whoever uses the connection learns of it by the next statement.
 */
function keepFromCrashing(client: ClientBase): void {
  client.on('error', () => undefined);
}
