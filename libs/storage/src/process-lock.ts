import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { errorCode } from './error-code.js';
import { createFolder } from './filesystem/durable-file.js';

/** What every system takes for the path of a socket; longer ones would be cut short in silence. */
const SOCKET_PATH_BYTES_MAX = 103;
/** What connecting says where nobody listens: no process, no file, or a file that is no socket. */
const NOBODY: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'];
const STARTING = 'starting-';
const SUFFIX_BYTES = 4;

export interface ProcessLock {
  /** False once somebody has removed what others see of it: they may have taken the lock since. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** The process that has the lock. */
export interface LockHeld {
  readonly pid: number;
}

/** By how many bytes the path of a folder is too long for a lock in it; 0 or less if it is not. */
export function lockPathSurplus(folder: string): number {
  return Buffer.byteLength(draftIn(folder, '0'.repeat(SUFFIX_BYTES * 2))) - SOCKET_PATH_BYTES_MAX;
}

/**
 * A lock for one process at a time on one machine, kept in `folder`, which is made and used for
 * nothing else. It is a listening Unix socket, named for its process. The kernel stops listening when
 * the process is gone, however it ended, and then refuses connections: a socket file that is left
 * over holds nothing, and one that accepts is held, also by a process that is suspended. Child
 * processes do not inherit it.
 *
 * A socket gets its final name only once it listens, and its process looks for others only after
 * that. So of two, the later to look sees the other: never do both go on, though both may refuse when
 * they start at the same instant.
 */
export async function takeLock(folder: string): Promise<Result<ProcessLock, LockHeld>> {
  const suffix = randomBytes(SUFFIX_BYTES).toString('hex');
  const draft = draftIn(folder, suffix);
  const own = `${process.pid}-${suffix}`;
  await createFolder(folder);

  const server = await listen(draft);
  const release = async (): Promise<void> => {
    await rm(join(folder, own), { force: true });
    await new Promise((resolve) => server.close(resolve));
  };
  try {
    await rename(draft, join(folder, own));
    const holder = await otherHolder(folder, own);
    if (holder === undefined) return ok({ isHeld: () => isThere(join(folder, own)), release });
    await release();
    return err(holder);
  } catch (error) {
    await release();
    throw error;
  }
}

function draftIn(folder: string, suffix: string): string {
  return join(folder, `${STARTING}${suffix}`);
}

/** Removes on its way what dead processes have left. */
async function otherHolder(folder: string, own: string): Promise<LockHeld | undefined> {
  for (const name of await readdir(folder)) {
    // One that is starting has yet to look for others, and will then find this one.
    if (name === own || name.startsWith(STARTING)) continue;
    if (await accepts(join(folder, name))) return { pid: Number.parseInt(name, 10) };
    await rm(join(folder, name), { force: true });
  }
  return undefined;
}

function accepts(path: string): Promise<boolean> {
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

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  await once(server, 'listening');
  // Holding a lock is no reason to keep a process from ending.
  return server.unref();
}
