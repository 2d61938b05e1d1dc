import { spawn } from 'node:child_process';

/** @type {NodeJS.Signals | undefined} */
let stoppedBy;
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

// A person's Ctrl-C reaches the children as well; a signal from elsewhere does not. Either way they
// get it from here, put their own things in order, and their end is waited for.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    stoppedBy = signal;
    for (const child of running) child.kill('SIGTERM');
  });
}

/** The signal that ended this run early, if one did. */
export function interruption() {
  return stoppedBy;
}

/**
 * Runs a program with this terminal and waits for its end. `problem` says how it ended if not with
 * exit code 0. Past `limitMs` it is asked to stop, and 30 s later it is killed.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, limitMs?: number }} options
 * @returns {Promise<{ problem?: string }>}
 */
export function runProgram(program, args, { cwd, env, limitMs }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
    running.add(child);
    const limit = limitMs === undefined ? undefined : stopAfter(child, limitMs);
    /** @param {string | undefined} problem */
    const end = (problem) => {
      running.delete(child);
      limit?.cancel();
      resolve(problem === undefined ? {} : { problem });
    };
    child.on('error', (error) => end(`could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      if (limit?.reached()) end(`was stopped: it took longer than ${limitMs} ms`);
      else if (signal !== null) end(`was ended by ${signal}`);
      else end(code === 0 ? undefined : `ended with exit code ${code}`);
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} limitMs
 */
function stopAfter(child, limitMs) {
  let reached = false;
  const asking = setTimeout(() => {
    reached = true;
    child.kill('SIGTERM');
  }, limitMs);
  const killing = setTimeout(() => child.kill('SIGKILL'), limitMs + 30_000);
  return {
    reached: () => reached,
    cancel: () => {
      clearTimeout(asking);
      clearTimeout(killing);
    },
  };
}
