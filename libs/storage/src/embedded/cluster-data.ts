import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { moveOrDrop } from './move-or-drop.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { readIfThere } from './read-if-there.js';
import type { ServerAccount } from './server-account.js';

/** What it takes to run one server. */
export interface ServerSetup {
  readonly binaries: PostgresBinaries;
  readonly dataFolder: string;
  /** Where the server's own log goes. */
  readonly logFile: string;
  readonly account: ServerAccount | undefined;
  readonly durable: boolean;
}

/** Nothing of the hub's environment reaches the server but where programs are. */
export const SERVER_ENVIRONMENT = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes the data folder on the first start. It is made beside and moved into place when it is
 * complete, so that neither a kill nor a second hub leaves half of one.
 */
export async function ensureClusterData(setup: ServerSetup): Promise<void> {
  const { binaries, dataFolder, account, durable } = setup;
  if ((await readIfThere(join(dataFolder, 'PG_VERSION'))) !== undefined) return;
  const draft = await mkdtemp(`${dataFolder}.new-`);
  if (account !== undefined) await chown(draft, account.uid, account.gid);
  const options = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C'];
  try {
    await promisify(execFile)(
      binaries.initdb,
      ['-D', draft, ...options, '--no-instructions', ...(durable ? [] : ['--no-sync'])],
      { cwd: '/', env: SERVER_ENVIRONMENT, ...account },
    );
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw new EmbeddedPostgresFailed(
      `PostgreSQL could not make its data folder ${dataFolder}: ${lastWords(cause)}`,
      { cause },
    );
  }
  await moveOrDrop(draft, dataFolder);
}

function lastWords(error: unknown): string {
  const hasStderr = typeof error === 'object' && error !== null && 'stderr' in error;
  const stderr = hasStderr ? String(error.stderr).trim() : '';
  return stderr === '' ? String(error) : stderr;
}
