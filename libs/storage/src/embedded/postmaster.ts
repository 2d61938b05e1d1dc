import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode, exitCode } from '../error-code.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { readIfThere } from './read-if-there.js';

const POLL_MS = 20;
/** A fast shutdown writes what is in memory; after this long it is cut short, which loses nothing. */
const FAST_STOP_MS = 20_000;
const HARD_STOP_MS = 10_000;

/** A running PostgreSQL server. */
export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
}

/**
 * The server that runs on a data folder, however it was started; `undefined` if none does. A process
 * that only has the number of one that died is told apart by its command line.
 */
export async function findPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  const lines = (await readIfThere(join(dataFolder, 'postmaster.pid')))?.split('\n') ?? [];
  const pid = Number.parseInt(lines[0] ?? '', 10);
  const socketFolder = lines[4];
  if (!(pid > 0) || socketFolder === undefined || socketFolder === '') return undefined;
  return (await isServerOf(pid, dataFolder)) ? { pid, socketFolder } : undefined;
}

/** Whether the process of this number runs, and is a server on this data folder. */
export async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  const command = await commandLine(pid);
  return command.includes('postgres') && command.includes(dataFolder);
}

/** Stops the server that runs on a data folder, if one does, and waits until it has gone. */
export async function stopServerOf(dataFolder: string): Promise<void> {
  const postmaster = await findPostmaster(dataFolder);
  if (postmaster === undefined) return;
  for (const [signal, patienceMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', HARD_STOP_MS],
  ] as const) {
    send(postmaster.pid, signal);
    if (await hasGone(dataFolder, postmaster.pid, patienceMs)) return;
  }
  throw new EmbeddedPostgresFailed(
    `PostgreSQL (process ${postmaster.pid}) does not stop; look into its log beside ${dataFolder}`,
  );
}

async function hasGone(dataFolder: string, pid: number, patienceMs: number): Promise<boolean> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await pause(POLL_MS)) {
    if ((await findPostmaster(dataFolder))?.pid !== pid) return true;
  }
  return false;
}

function send(pid: number, signal: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It went by itself.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Empty if there is no such process. */
async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout;
  } catch (error) {
    if (isNoSuchProcess(error)) return '';
    throw error;
  }
}

/** `/proc` has no such folder; or `ps` ends with 1. */
function isNoSuchProcess(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '') || exitCode(error) === 1;
}
