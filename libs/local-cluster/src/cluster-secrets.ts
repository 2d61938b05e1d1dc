import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { ClusterFiles } from './cluster-files.js';
import { readIfThere } from './read-if-there.js';

const RENEW_BEFORE_MS = 30 * 24 * 3_600_000;

/**
 * The token of the cluster's administrator, made at the first start and kept, together with the key
 * that signs service-account tokens. All files are readable by their owner alone.
 */
export async function ensureSecrets(files: ClusterFiles): Promise<string> {
  await removeAgeingCertificate(files);
  if ((await readIfThere(files.serviceAccountKey)) === undefined) {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'sec1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    await writeFile(files.serviceAccountKey, privateKey, { mode: 0o600 });
  }
  const kept = /^([0-9a-f]{64}),/.exec((await readIfThere(files.tokens)) ?? '')?.[1];
  if (kept !== undefined) return kept;
  const token = randomBytes(32).toString('hex');
  await writeFile(files.tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  return token;
}

/** The API server makes a certificate for a year when it finds none, but never renews it. */
async function removeAgeingCertificate(files: ClusterFiles): Promise<void> {
  const pem = await readIfThere(files.serverCertificate);
  if (pem === undefined) return;
  const endsAt = Date.parse(new X509Certificate(pem).validTo);
  if (endsAt - Date.now() > RENEW_BEFORE_MS) return;
  await rm(files.serverCertificate, { force: true });
  await rm(files.serverKey, { force: true });
}
