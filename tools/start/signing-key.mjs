import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './process-table.mjs';

/**
 * The key that the hub signs plans with, made at the first start and readable by its owner only, and
 * the file by which spokes know its public half.
 * @param {string} folder
 */
export async function ensureSigningKey(folder) {
  const keyFile = join(folder, 'signing.pem');
  const trustedKeysFile = join(folder, 'trusted-keys.json');
  const key = (await readIfThere(keyFile)) ?? (await makeKey(folder, keyFile));
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  const trusted = { version: 1, threshold: 1, keys: [publicKey] };
  await writeFile(trustedKeysFile, `${JSON.stringify(trusted, null, 2)}\n`);
  return { keyFile, trustedKeysFile };
}

/**
 * @param {string} folder
 * @param {string} keyFile
 */
async function makeKey(folder, keyFile) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeFile(keyFile, pem, { mode: 0o600, flag: 'wx' });
  return pem;
}

/** @param {string} file */
async function readIfThere(file) {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
