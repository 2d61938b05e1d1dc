import { chmod, cp, lstat, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { moveOrDrop } from './move-or-drop.js';
import { binariesIn, type PostgresBinaries } from './postgres-binaries.js';
import { readIfThere } from './read-if-there.js';
import type { ServerAccount } from './server-account.js';
import { shortHash } from './short-hash.js';
import { openSystemPlace } from './system-place.js';
import { mayReadAndEnter, mayTraverse } from './traversal.js';

/** Written last into a copy, so that half a copy is never taken for a whole one. */
const COMPLETE = 'complete';

/** The binaries, or a copy of them in a system place if the account cannot run them where they are. */
export async function readableBinaries(
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
  places?: readonly string[],
): Promise<PostgresBinaries> {
  if (account === undefined || (await canRun(binaries, account))) return binaries;
  const { mtimeMs, size } = await lstat(binaries.postgres);
  const name = `postgres-${shortHash(`${binaries.directory} ${mtimeMs} ${size}`)}`;
  const copy = join(await openSystemPlace(account, places), name);
  if ((await readIfThere(join(copy, COMPLETE))) !== undefined) return binariesIn(copy);

  const draft = await mkdtemp(`${copy}.new-`);
  await cp(binaries.directory, draft, { recursive: true, verbatimSymlinks: true });
  await openToAll(draft);
  await writeFile(join(draft, COMPLETE), '');
  await moveOrDrop(draft, copy);
  return binariesIn(copy);
}

async function canRun(binaries: PostgresBinaries, account: ServerAccount): Promise<boolean> {
  const { directory, postgres, initdb } = binaries;
  if (!(await mayTraverse(dirname(postgres), account))) return false;
  for (const path of [postgres, initdb, join(directory, 'lib'), join(directory, 'share')]) {
    if (!(await mayReadAndEnter(path, account))) return false;
  }
  return true;
}

/** Lets everybody read the tree, and run what its owner may run. Links are left alone. */
async function openToAll(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return;
  await chmod(path, (found.mode & 0o100) === 0 ? 0o644 : 0o755);
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) await openToAll(join(path, name));
}
