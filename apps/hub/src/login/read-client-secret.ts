import type { HubConfig } from '../config/hub-config.js';
import { isClientSecret } from '../config/oidc-config.js';
import { readSecretFile } from '../platform/secret-file.js';

/** The file with the secret of the client cannot be used as it is. */
export class ClientSecretRefused extends Error {
  override readonly name = 'ClientSecretRefused';
  readonly retryable = false;
}

/**
 * The configuration with the client's secret in it, if that is kept in a file. Throws
 * `ClientSecretRefused`, which never says what is in it.
 */
export async function withClientSecret(config: HubConfig): Promise<HubConfig> {
  const { oidc } = config;
  if (oidc?.clientSecretFile === undefined) return config;
  const { clientSecretFile: path } = oidc;
  const refuse = (why: string, cause?: unknown): Error =>
    new ClientSecretRefused(`APOLLO_OIDC_CLIENT_SECRET_FILE (${path}): ${why}`, { cause });
  const clientSecret = await readSecretFile(path, refuse);
  if (!isClientSecret(clientSecret)) {
    throw refuse('what it holds is no secret; accepted are 8 to 512 characters without blanks');
  }
  return Object.freeze({ ...config, oidc: { ...oidc, clientSecret } });
}
