import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorCode } from '../error-code.js';
import type { ServerSetup } from './cluster-data.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import type { ServerAccount } from './server-account.js';
import { shortHash } from './short-hash.js';
import { assertNobodyElseWrites } from './system-place.js';
import { mayTraverse } from './traversal.js';

/** Names the socket file; nothing listens on the network. */
export const SOCKET_PORT = 5432;

/** What the kernel takes for the path of a socket. */
const SOCKET_PATH_BYTES_MAX = 107;

/**
 * A folder for the server's socket that only its account can enter: beside the data, or in the folder for
 * temporary files if that path would be too long.
 */
export async function openSocketFolder({
  dataFolder,
  account,
}: Pick<ServerSetup, 'dataFolder' | 'account'>): Promise<string> {
  const beside = join(dirname(dataFolder), 'socket');
  // A data folder made anew gets another name, so that it cannot meet the server of the one before.
  const { ino } = await stat(dataFolder);
  const short = `apollo-pg-${shortHash(`${dataFolder} ${ino}`)}`;
  for (const folder of [beside, join(tmpdir(), short), join('/tmp', short)]) {
    const socket = join(folder, `.s.PGSQL.${SOCKET_PORT}`);
    if (Buffer.byteLength(socket) > SOCKET_PATH_BYTES_MAX) continue;
    if (account !== undefined && !(await mayTraverse(dirname(folder), account))) continue;
    await makePrivate(folder, account);
    return folder;
  }
  throw new EmbeddedPostgresFailed(
    'no folder is short enough for a socket of PostgreSQL; set TMPDIR to a short path such as /tmp',
  );
}

async function makePrivate(folder: string, account: ServerAccount | undefined): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
    if (account !== undefined) await chown(folder, account.uid, account.gid);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    await assertNobodyElseWrites(folder, account?.uid ?? process.getuid?.() ?? 0);
  }
}
