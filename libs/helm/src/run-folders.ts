import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const OWNER = /^run-(\d+)-/;

/** How the folders of this process's commands begin: whose they are can be told when it is dead. */
export function runFolderPrefix(): string {
  return `run-${String(process.pid)}-`;
}

/**
 * Deletes the folders of commands whose process is dead and resolves to their number. Folders under
 * this process's own number belong to one before it, so nothing may run yet.
 */
export async function clearRunFolders(workDirectory: string): Promise<number> {
  const left = (await foldersIn(workDirectory)).filter(
    (name) => name.startsWith('run-') && !isOfAnother(name),
  );
  for (const name of left) await rm(join(workDirectory, name), { recursive: true, force: true });
  return left.length;
}

async function foldersIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** True if another process made the folder and lives. */
function isOfAnother(name: string): boolean {
  const pid = Number(OWNER.exec(name)?.[1] ?? process.pid);
  return pid !== process.pid && isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    // It may not be signalled from here, so it is there.
    if (codeOf(error) === 'EPERM') return true;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
