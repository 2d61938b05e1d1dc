import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const interrupted = new AbortController();

/** Aborted by the first Ctrl-C, which the program that runs then gets as well; a second one ends all. */
export const interruption = interrupted.signal;

/** From now on Ctrl-C ends what is done, and lets what was made be removed. */
export function stopOnSignals() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => interrupted.abort(new Error(`stopped by ${signal}`)));
  }
}

/**
 * Runs a program that talks to the person, and throws an Error unless it ends well.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [where] `env` besides the environment
 */
export async function show(program, args, { cwd, env } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
  const [code, signal] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${String(signal ?? code)}`);
}

/**
 * What a program says, which has to end with `expected`; throws an Error with what it said otherwise.
 * @param {string} program
 * @param {readonly string[]} args
 */
export async function ask(program, args, expected = 0) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const said = { out: out.trim(), err: err.trim() };
  if (code === expected) return said;
  throw new Error(
    `${program} ${args.join(' ')} ended with ${String(code)} and not ${String(expected)}: ${said.out} ${said.err}`,
  );
}
