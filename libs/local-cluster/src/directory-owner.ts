import { readFile, rm, writeFile } from 'node:fs/promises';
import { LocalClusterError } from './local-cluster-error.js';
import { commandLineOf, isErrorCode } from './process-table.js';

/** Owner files held by this process. */
const held = new Set<string>();

/**
 * Makes this process the only one that runs a cluster out of a directory, until it gives the
 * directory back or dies. Throws `LocalClusterError` while another one has it.
 */
export async function takeOwnership(file: string): Promise<void> {
  const mine = `${String(process.pid)} ${(await commandLineOf(process.pid)) ?? ''}`;
  for (;;) {
    try {
      await writeFile(file, mine, { flag: 'wx' });
      held.add(file);
      return;
    } catch (error) {
      if (!isErrorCode(error, 'EEXIST')) throw error;
    }
    await refuseIfAlive(file);
    await rm(file, { force: true });
  }
}

/** Gives the directory back. */
export async function giveUpOwnership(file: string): Promise<void> {
  held.delete(file);
  await rm(file, { force: true });
}

async function refuseIfAlive(file: string): Promise<void> {
  const [pid = '', ...commandLine] = (await readFile(file, 'utf8')).split(' ');
  const alive =
    Number(pid) === process.pid
      ? held.has(file)
      : (await commandLineOf(Number(pid))) === commandLine.join(' ');
  if (!alive) return;
  throw new LocalClusterError(
    `The local cluster whose owner is in ${file} is already run by process ${pid} ` +
      `(${commandLine.join(' ')}). Stop that process first, or use another directory.`,
    false,
  );
}
