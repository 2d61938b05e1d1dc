import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './process-table.mjs';

/**
 * A file with the token of a spoke, readable by its owner only: the one of the last start if the
 * hub still knows the spoke, else a new one.
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {{ name: string, environment: string }} spoke
 * @param {string} folder
 * @param {readonly import('./hub-api.mjs').SpokeView[]} known the spokes that the hub has
 */
export async function ensureSpokeToken(hub, { name, environment }, folder, known) {
  const file = join(folder, 'token');
  const joined = known.some((spoke) => spoke.name === name && spoke.status !== 'pending');
  if (joined && (await exists(file))) return file;
  const { token } = await hub.send('POST', '/api/v1/join-tokens', { spoke: name, environment });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return file;
}

/** @param {string} file */
async function exists(file) {
  try {
    return (await readFile(file, 'utf8')).trim() !== '';
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
