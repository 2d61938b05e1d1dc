import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './process-table.mjs';

/** @typedef {{ name: string, environment: string, clusterUid: string }} JoiningSpoke */

/**
 * A file with a join token of a spoke, readable by its owner only; written anew unless the spoke has joined
 * from this cluster and still has what it needs. The token names the cluster, so that the hub accepts
 * this machine's own clusters without anybody being asked.
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {JoiningSpoke} spoke
 * @param {string} folder the working directory of the spoke
 * @param {readonly import('./hub-api.mjs').SpokeView[]} known the spokes that the hub has
 */
export async function ensureJoinToken(hub, { name, environment, clusterUid }, folder, known) {
  const file = join(folder, 'token');
  const key = known.find((spoke) => spoke.name === name)?.key;
  const isMember = key?.clusterUid === clusterUid && key.acceptedAt !== null;
  if (isMember && (await exists(join(folder, 'identity', 'hub.json')))) return file;
  const wanted = { spoke: name, environment, clusterUid };
  const { token } = await hub.send('POST', '/api/v1/join-tokens', wanted);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return file;
}

/** @param {string} file */
async function exists(file) {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
