import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../error-code.js';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import type { ServerAccount } from './server-account.js';
import { mayTraverse } from './traversal.js';

/** Everybody may pass through, only its owner may look around or write. */
export const PASSABLE = 0o711;

const OTHERS_WRITE = 0o022;

/** What `mkdir` says where nothing can be made; the next place may do. */
const NOT_HERE: readonly string[] = ['EACCES', 'ENOENT', 'ENOTDIR', 'EPERM', 'EROFS'];

/** Where things go that must lie where another account gets at them, best first. */
function systemPlaces(): readonly string[] {
  const name = `apollo-deploy-${process.getuid?.() ?? 0}`;
  return ['/var/lib/apollo-deploy', join(tmpdir(), name), join('/tmp', name)];
}

/**
 * The first of the places that exists, or can be made, in a folder that the account can get into.
 * Throws `EmbeddedPostgresFailed` if there is none, or if somebody else could have put something
 * into it.
 */
export async function openSystemPlace(
  account: ServerAccount,
  places = systemPlaces(),
): Promise<string> {
  for (const place of places) {
    if ((await makePassable(place)) && (await mayTraverse(place, account))) {
      await assertNobodyElseWrites(place, process.getuid?.() ?? 0);
      return place;
    }
  }
  throw new EmbeddedPostgresFailed(
    `none of ${places.join(', ')} can be used by the account that runs PostgreSQL; start Apollo as ` +
      'another user than root, or set DATABASE_URL to a PostgreSQL server of your own',
  );
}

/** Throws unless `folder` is a folder, no link, of this owner, which nobody else may write to. */
export async function assertNobodyElseWrites(folder: string, owner: number): Promise<void> {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === owner && (found.mode & OTHERS_WRITE) === 0) return;
  throw new EmbeddedPostgresFailed(
    `${folder} is not a folder that only user ${owner} can write to, so its contents cannot be ` +
      'trusted; look at who made it, remove it, and start again',
  );
}

/** False if the place cannot be made here. */
async function makePassable(place: string): Promise<boolean> {
  try {
    await mkdir(place, { mode: PASSABLE });
    // The process's umask may have taken bits away.
    await chmod(place, PASSABLE);
    return true;
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code === 'EEXIST') return true;
    if (NOT_HERE.includes(code)) return false;
    throw error;
  }
}
