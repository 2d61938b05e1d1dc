import { errorCode } from '../error-code.js';
import { ProcProcessTable } from '../execution/process-table.js';
import { RELEASE } from './kill-loop-plans.js';

/** Kills the helm that runs for the release of a loop. False: there is none any more. */
export async function killHelm(namespace: string): Promise<boolean> {
  const found = (await new ProcProcessTable().list())?.find(
    ({ pid, processGroup, argv }) =>
      argv.includes(RELEASE) &&
      argv.some((argument) => argument.endsWith(namespace)) &&
      pid === processGroup,
  );
  return found !== undefined && killGroup(found.pid);
}

/** False: it was faster. */
function killGroup(pid: number): boolean {
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}
