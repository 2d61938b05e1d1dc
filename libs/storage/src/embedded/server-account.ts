import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { exitCode } from '../error-code.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';

/** Whom the server runs as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];

/**
 * The account to drop to, because PostgreSQL refuses to run as root; `undefined` if this process is
 * not root and can run it itself.
 */
export async function accountToDropTo(): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of CANDIDATES) {
    const account = await lookUp(name);
    if (account !== undefined) return account;
  }
  throw new EmbeddedPostgresFailed(
    `PostgreSQL does not run as root, and this machine has no account ${CANDIDATES.join(' or ')}; ` +
      'start Apollo as another user, or set DATABASE_URL to a PostgreSQL server of your own',
  );
}

async function lookUp(name: string): Promise<ServerAccount | undefined> {
  const [uid, gid] = await Promise.all([numberOf('-u', name), numberOf('-g', name)]);
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
}

async function numberOf(flag: string, name: string): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)('id', [flag, name]);
    return Number.parseInt(stdout, 10);
  } catch (error) {
    // `id` ends with an exit code for an unknown name; anything else is a machine without `id`.
    if (exitCode(error) !== undefined) return undefined;
    throw new EmbeddedPostgresFailed('the program `id` could not be run to find an account', {
      cause: error,
    });
  }
}
