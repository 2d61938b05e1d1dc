import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.mjs';

/**
 * The path of a Node 24 binary, installed from npm into the cache folder unless it is there. Kept out
 * of the workspace, where its `.bin/node` would shadow the system's in every npm script.
 * @returns {Promise<{ ok: true, value: string } | { ok: false, error: string }>}
 */
export async function prepareNode24() {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'apollo-deploy', 'node24');
  const name = `node-${process.platform}-${process.arch}`;
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary)) return { ok: true, value: binary };

  console.log(`\n— node 24: installing ${name} into ${folder}`);
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-save', `${name}@24`];
  const { problem } = await runProgram('npm', args, {});
  if (problem === undefined && existsSync(binary)) return { ok: true, value: binary };
  const error = `npm ${args.join(' ')} ${problem ?? `left no ${binary}`}; run it by hand to see why`;
  return { ok: false, error };
}
