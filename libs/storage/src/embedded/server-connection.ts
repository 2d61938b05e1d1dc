import { Client } from 'pg';
import { errorCode } from '../error-code.js';
import { SOCKET_PORT } from './socket-folder.js';

/** The superuser of the embedded server; whoever may enter the socket's folder is it. */
const USER = 'postgres';
const DATABASE = 'apollo';
const CONNECT_MS = 5_000;
/** What PostgreSQL says of a database that exists, and of one that another is just making. */
const DUPLICATES = ['42P04', '23505'];

/** The address of a database behind a socket, as `DATABASE_URL` takes it. */
export function socketUrl(socketFolder: string, database = DATABASE): string {
  const host = encodeURIComponent(socketFolder);
  return `postgresql://${USER}@/${database}?host=${host}&port=${SOCKET_PORT}`;
}

/** Why the server does not answer; `undefined` if it does. */
export async function whyNoAnswer(socketFolder: string): Promise<unknown> {
  try {
    await withClient(socketFolder, (client) => client.query('SELECT 1'));
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Makes Apollo's database unless it is there. */
export async function ensureDatabase(socketFolder: string): Promise<void> {
  await withClient(socketFolder, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount !== 0) return;
    try {
      await client.query(`CREATE DATABASE ${DATABASE}`);
    } catch (error) {
      if (!DUPLICATES.includes(errorCode(error) ?? '')) throw error;
    }
  });
}

async function withClient(
  socketFolder: string,
  use: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client({
    connectionString: socketUrl(socketFolder, 'postgres'),
    connectionTimeoutMillis: CONNECT_MS,
  });
  // A connection that breaks says so here as well as in what was asked of it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end();
  }
}
