import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { pidFile, type ClusterFiles } from './cluster-files.js';
import { COMPONENTS, type ComponentName } from './component-names.js';
import { LocalClusterError } from './local-cluster-error.js';
import { commandLineOf, sendSignal } from './process-table.js';
import { readIfThere } from './read-if-there.js';

const POLL_MS = 20;
const PATIENCE_MS = 10_000;

/**
 * Ends what a killed launcher left running out of this directory, in the order in which a cluster is
 * stopped, and tells which processes these were. Killing loses nothing: etcd recovers by its log.
 */
export async function endSurvivors(files: ClusterFiles): Promise<ComponentName[]> {
  const ended: ComponentName[] = [];
  for (const name of COMPONENTS.toReversed()) {
    const file = pidFile(files, name);
    const pid = await readPid(file);
    if (pid !== undefined && (await isOurs(pid, files))) {
      sendSignal(pid, 'SIGKILL');
      await waitUntilGone(pid, files);
      ended.push(name);
    }
    await rm(file, { force: true });
  }
  return ended;
}

/** Since then the system may have given the number to a stranger: the command line tells. */
async function isOurs(pid: number, files: ClusterFiles): Promise<boolean> {
  return (await commandLineOf(pid))?.includes(`=${files.directory}/`) === true;
}

async function waitUntilGone(pid: number, files: ClusterFiles): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (await isOurs(pid, files)) {
    if (performance.now() > deadline) {
      throw new LocalClusterError(
        `Process ${String(pid)}, left over in ${files.directory}, does not end when killed. ` +
          'End it by hand and start again.',
        true,
      );
    }
    await wait(POLL_MS);
  }
}

async function readPid(file: string): Promise<number | undefined> {
  const pid = Number(await readIfThere(file));
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}
