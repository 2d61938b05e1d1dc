import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packagesAreInstalled } from '../packages.mjs';
import { compileCode } from './compile.mjs';
import { elapsed, say, StartRefusal } from './terminal.mjs';

const OLDEST_NODE = { major: 20, minor: 19 };
const PROGRESS_EVERY_MS = 10_000;

/** Refuses a Node that the packages do not run on. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const oldest = OLDEST_NODE;
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return;
  throw new StartRefusal(
    `Apollo needs Node ${String(oldest.major)}.${String(oldest.minor)} or newer and this is ${process.versions.node}; install a newer one and run npm start again.`,
  );
}

/**
 * The folder that the code runs from: laid out as the repository is; see `compileCode`.
 * @param {string} root
 */
export function codeFolder(root) {
  return join(root, '.apollo-code');
}

/**
 * Installs the packages if the lock file is newer than they are, and compiles the sources.
 * @param {string} root
 * @param {AbortSignal} signal
 */
export async function prepareCode(root, signal) {
  if (!packagesAreInstalled(root)) {
    say('packages', 'installing (npm ci; about a minute)');
    await run(root, 'npm', ['ci', '--no-audit', '--no-fund'], 'packages', signal);
  }
  const { sources, changed } = await compileCode(root, codeFolder(root));
  signal.throwIfAborted();
  say('build', `compiled ${String(sources)} sources, ${String(changed)} of them anew`);
}

/**
 * @param {string} root
 * @param {string} program
 * @param {string[]} args
 * @param {string} part
 * @param {AbortSignal} signal
 */
function run(root, program, args, part, signal) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output = `${output}${String(chunk)}`.slice(-8_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const progress = setInterval(
      () => say(part, `still at it after ${elapsed()}`),
      PROGRESS_EVERY_MS,
    );
    child.once('error', (error) => {
      clearInterval(progress);
      reject(error);
    });
    child.once('close', (code) => {
      clearInterval(progress);
      if (code === 0) resolve(undefined);
      else reject(new StartRefusal(`${program} ${args.join(' ')} failed:\n${output.trim()}`));
    });
  });
}
