import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

/**
 * The command line of a running process, its arguments separated by blanks; undefined when no such
 * process runs. A process that has ended and only waits to be collected counts as not running.
 */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  const line = process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid);
  return line === '' ? undefined : line;
}

async function fromProc(pid: number): Promise<string> {
  try {
    const raw = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8');
    return raw.replaceAll('\0', ' ').trim();
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ESRCH')) return '';
    throw error;
  }
}

async function fromPs(pid: number): Promise<string> {
  const args = ['-ww', '-o', 'stat=', '-o', 'command=', '-p', String(pid)];
  const { stdout } = await execa('ps', args, { reject: false });
  const [state = '', ...command] = stdout.trim().split(/\s+/);
  return state.startsWith('Z') ? '' : command.join(' ');
}

/** Sends a signal; false when the process is gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (isErrorCode(error, 'ESRCH')) return false;
    throw error;
  }
}

/** Whether `error` is one of the system errors named, such as `ENOENT`. */
export function isErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return codes.includes(String(error.code));
}

/** Whether this system can tie a process to the life of its parent. */
export async function canDieWithParent(): Promise<boolean> {
  const trial = await execa('setpriv', ['--pdeathsig', 'KILL', 'true'], { reject: false });
  return !trial.failed;
}
