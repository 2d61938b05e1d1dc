import { ensureAdmin } from '@apollo-deploy/orchestration';
import type { HubParts } from '../platform/platform.module.js';
import { readSecretFile } from '../platform/secret-file.js';

/** The file with the first token is not one that a hub could let anybody in by. */
export class AdminTokenRefused extends Error {
  override readonly name = 'AdminTokenRefused';
  readonly retryable = false;
}

/**
 * Lets `admin` in with the token in the configured file; nothing happens without such a file. Throws
 * `AdminTokenRefused`, which never says what is in it.
 */
export async function letAdminIn({ config, ...parts }: HubParts): Promise<void> {
  const { adminTokenFile } = config;
  if (adminTokenFile === undefined) return;
  const token = await readSecretFile(adminTokenFile, (why, cause) =>
    refused(adminTokenFile, why, cause),
  );
  const ensured = await ensureAdmin({ ...parts, startedAt: parts.clock.now() }, token);
  if (!ensured.ok) throw refused(adminTokenFile, ensured.error.detail);
}

function refused(path: string, why: string, cause?: unknown): AdminTokenRefused {
  return new AdminTokenRefused(`APOLLO_ADMIN_TOKEN_FILE (${path}): ${why}`, { cause });
}
