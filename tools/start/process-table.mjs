import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The command line of a living process; `undefined` if there is none.
 * @param {number} pid
 * @returns {Promise<string | undefined>}
 */
function commandLineOf(pid) {
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)], (error, stdout) => {
      const line = stdout.trim();
      resolve(error || line === '' || line.startsWith('Z') ? undefined : line);
    });
  });
}

/**
 * The process a pid file names, if it still lives and still is what the file was written for: a
 * number alone may belong to somebody else by now.
 * @param {string} file
 * @param {string} expected part of its command line
 */
export async function livingProcess(file, expected) {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const pid = Number(text.trim());
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return (await commandLineOf(pid))?.includes(expected) ? pid : undefined;
}

/**
 * Whether a file could not be read because there is none.
 * @param {unknown} error
 */
export function isMissing(error) {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

/**
 * @param {string} file
 * @param {number} pid
 */
export async function writePidFile(file, pid) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${String(pid)}\n`);
}

/**
 * Ends what an earlier launcher left running, politely, then not.
 * @param {string} file
 * @param {string} expected part of its command line
 */
export async function endSurvivor(file, expected) {
  const pid = await livingProcess(file, expected);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 100) {
      if ((await commandLineOf(pid)) === undefined) break;
      await delay(100);
    }
    if ((await commandLineOf(pid)) !== undefined) process.kill(pid, 'SIGKILL');
  }
  await rm(file, { force: true });
  return pid !== undefined;
}
