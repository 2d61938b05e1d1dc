// `npm run bench [-- NAME…] [--tiny]`: each benchmark in a process of its own, one after another, so
// that none warms up or fills the heap of the next. See docs/performance.md.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { BENCHMARKS, NEEDS_CLUSTER } from './benchmarks.mjs';

const RUNNER = join(import.meta.dirname, 'run.mjs');

process.exitCode = await main(process.argv.slice(2));

/** @param {readonly string[]} words */
async function main(words) {
  const options = words.filter((word) => word.startsWith('--'));
  const asked = words.filter((word) => !word.startsWith('--'));
  const known = Object.keys(BENCHMARKS);
  const strange = [
    ...options.filter((option) => option !== '--tiny'),
    ...asked.filter((name) => !known.includes(name)),
  ];
  if (strange.length > 0) {
    console.error(`not known: ${strange.join(' ')}; accepted are --tiny and ${known.join(', ')}`);
    return 1;
  }
  const tiny = options.includes('--tiny');
  const unasked = known.filter((name) => !tiny || !NEEDS_CLUSTER.includes(name));
  let failed = 0;
  for (const name of asked.length === 0 ? unasked : asked) {
    if ((await runAlone(name, options)) !== 0) failed = 1;
  }
  return failed;
}

/**
 * @param {string} name
 * @param {readonly string[]} options
 * @returns {Promise<number>} its exit code
 */
function runAlone(name, options) {
  return new Promise((resolve, reject) => {
    const args = ['--expose-gc', '--max-old-space-size=6144', RUNNER, name, ...options];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
