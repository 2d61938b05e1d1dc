import type { Client } from 'pg';
import { isFromServer } from './database-failure.js';

/**
 * Names the line of writes that a server goes on with. A standby that takes over begins another one
 * where it has got to, and so does a server that is restored from a backup up to some moment.
 */
const HISTORY = `SELECT system_identifier::text || '-' ||
  left(pg_walfile_name(pg_current_wal_lsn()), 8) AS history FROM pg_control_system()`;

/** `undefined` where the server does not say, as some that are run by others do not. */
export async function historyOf(client: Client): Promise<string | undefined> {
  try {
    const { rows } = await client.query<{ history: string }>(HISTORY);
    return rows[0]?.history;
  } catch (error) {
    if (isFromServer(error)) return undefined;
    throw error;
  }
}
