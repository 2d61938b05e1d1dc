import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { errorCode } from '../error-code.js';
import { createFolder } from './durable-file.js';
import { StorageFolderRefused } from './storage-folder-refused.js';

/** What every system takes for the path of a socket; longer ones would be cut short in silence. */
const SOCKET_PATH_BYTES_MAX = 103;
/** What connecting says where nobody listens: no process, no file, or a file that is no socket. */
const NOBODY: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'];
const STARTING = 'starting-';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Lets one process at a time use a folder, on one machine. The lock is a listening Unix socket in
 * `lock/`, named for its process. The kernel stops listening when the process is gone, however it
 * ended, and then refuses connections: a socket file that is left over holds nothing, and one that
 * accepts is held, also by a process that is suspended. Child processes do not inherit it.
 *
 * A socket gets its final name only once it listens, and its process looks for others only after
 * that. So of two, the later to look sees the other: never do both go on, though both may refuse when
 * they start at the same instant. Throws `StorageFolderRefused` that names the process in the way.
 */
export async function lockFolder(directory: string): Promise<FolderLock> {
  const folder = join(directory, 'lock');
  const suffix = randomBytes(4).toString('hex');
  const draft = join(folder, `${STARTING}${suffix}`);
  const own = `${process.pid}-${suffix}`;
  refuseLongPath(directory, draft);
  await createFolder(folder);

  const server = await listen(draft);
  const release = async (): Promise<void> => {
    await rm(join(folder, own), { force: true });
    await new Promise((resolve) => server.close(resolve));
  };
  try {
    await rename(draft, join(folder, own));
    for (const name of await readdir(folder)) {
      // One that is starting has yet to look for others, and will then find this one.
      if (name === own || name.startsWith(STARTING)) continue;
      if (await isHeld(join(folder, name))) throw inUse(directory, name);
      await rm(join(folder, name), { force: true });
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

function inUse(directory: string, name: string): StorageFolderRefused {
  return new StorageFolderRefused(
    'in_use',
    `the folder ${directory} is in use by process ${Number.parseInt(name, 10)}; stop that process ` +
      'first, or set APOLLO_STORAGE_DIR to another folder',
  );
}

function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      resolve(!NOBODY.includes(errorCode(error)));
    });
  });
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  await once(server, 'listening');
  // Holding a folder is no reason to keep a process from ending.
  return server.unref();
}

function refuseLongPath(directory: string, socket: string): void {
  const surplus = Buffer.byteLength(socket) - SOCKET_PATH_BYTES_MAX;
  if (surplus > 0) {
    throw new StorageFolderRefused(
      'path_too_long',
      `the path ${directory} is ${surplus} bytes too long for the socket that locks it; set ` +
        'APOLLO_STORAGE_DIR to a shorter one',
    );
  }
}
