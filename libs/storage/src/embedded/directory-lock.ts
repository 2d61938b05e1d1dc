import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lockPathSurplus, type ProcessLock, takeLock } from '../process-lock.js';
import { errorCode } from '../error-code.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { shortHash } from './short-hash.js';
import { assertNobodyElseWrites } from './system-place.js';

/** Not the folder for temporary files of the environment: every process must look in the same. */
const SHORT_FOLDERS = '/tmp';

/**
 * Lets one process at a time run the server of a directory, until it gives the lock back or ends:
 * two would stop it for each other. `directory` is its real path. Throws `EmbeddedPostgresFailed`
 * that names the process in the way.
 */
export async function lockDirectory(directory: string): Promise<ProcessLock> {
  const lock = await takeLock(await lockFolderOf(directory));
  if (lock.ok) return lock.value;
  throw new EmbeddedPostgresFailed(
    `the PostgreSQL in ${directory} is in use by process ${lock.error.pid}; stop that process ` +
      'first, or set APOLLO_DATA_DIR to another folder',
  );
}

/** Beside the data, or in a short folder that stands for it where that path is too long for a socket. */
async function lockFolderOf(directory: string): Promise<string> {
  const beside = join(directory, 'lock');
  if (lockPathSurplus(beside) <= 0) return beside;
  const short = join(SHORT_FOLDERS, `apollo-lock-${shortHash(directory)}`);
  try {
    await mkdir(short, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    await assertNobodyElseWrites(short, process.getuid?.() ?? 0);
  }
  return short;
}
