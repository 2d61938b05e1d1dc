import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stopServerOf } from './postmaster.js';
import { readIfThere } from './read-if-there.js';
import type { ServerAccount } from './server-account.js';
import { shortHash } from './short-hash.js';
import { openSystemPlace, PASSABLE } from './system-place.js';
import { mayTraverse } from './traversal.js';

/** Names the place in both folders, so that a removed directory does not find its old data again. */
const PLACE_ID = 'place-id';

/** The data folder of the server that lives in a place. */
export function dataFolderIn(place: string): string {
  return join(place, 'data');
}

/**
 * The folder in which a server's data and log lie: `directory` itself, or, where the account cannot
 * get there, a folder for it in a system place. If `directory` was removed since, what lies in the
 * system place is moved aside (to `….old`; one is kept), because its owner started over.
 */
export async function serverPlace(
  directory: string,
  account: ServerAccount | undefined,
  places?: readonly string[],
): Promise<string> {
  if (account === undefined) return directory;
  if ((await lstat(directory)).uid === process.getuid?.()) await chmod(directory, PASSABLE);
  if (await mayTraverse(directory, account)) return directory;

  const place = join(await openSystemPlace(account, places), `data-${shortHash(directory)}`);
  const id = await readIfThere(join(directory, PLACE_ID));
  const owner = await readIfThere(join(place, PLACE_ID));
  if (owner !== undefined && owner !== id) await moveAside(place);
  await mkdir(place, { recursive: true });
  await chmod(place, PASSABLE);
  const kept = id ?? randomUUID();
  await writeFile(join(place, PLACE_ID), kept);
  await writeFile(join(directory, PLACE_ID), kept);
  return place;
}

async function moveAside(place: string): Promise<void> {
  await stopServerOf(dataFolderIn(place));
  await rm(`${place}.old`, { recursive: true, force: true });
  await rename(place, `${place}.old`);
}
