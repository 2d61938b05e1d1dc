import { join } from 'node:path';
import { lockPathSurplus, type ProcessLock, takeLock } from '../process-lock.js';
import { StorageFolderRefused } from './storage-folder-refused.js';

/**
 * Lets one process at a time use a folder, on one machine, until it gives it free or ends. Throws
 * `StorageFolderRefused` that names the process in the way.
 */
export async function lockFolder(directory: string): Promise<ProcessLock> {
  const folder = join(directory, 'lock');
  const surplus = lockPathSurplus(folder);
  if (surplus > 0) {
    throw new StorageFolderRefused(
      'path_too_long',
      `the path ${directory} is ${surplus} bytes too long for the socket that locks it; set ` +
        'APOLLO_STORAGE_DIR to a shorter one',
    );
  }
  const lock = await takeLock(folder);
  if (lock.ok) return lock.value;
  throw new StorageFolderRefused(
    'in_use',
    `the folder ${directory} is in use by process ${lock.error.pid}; stop that process ` +
      'first, or set APOLLO_STORAGE_DIR to another folder',
  );
}
