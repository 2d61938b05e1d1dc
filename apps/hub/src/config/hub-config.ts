import { err, ok, type Result } from '@apollo-deploy/kernel';
import { ACCESS_SETTINGS, type AccessConfig, accessConfigOf, openDoors } from './access-config.js';
import { EDGE_SETTINGS, type EdgeConfig, edgeConfigOf, edgeFaults } from './edge-config.js';
import {
  INTEGRATIONS_SETTINGS,
  type IntegrationsConfig,
  integrationsConfigOf,
} from './integrations-config.js';
import { JWT_SETTINGS, type JwtConfig, jwtConfigOf, jwtFaults } from './jwt-config.js';
import { LOG_SETTINGS, type LogConfig, logConfigOf } from './log-config.js';
import { OIDC_SETTINGS, type OidcConfig, oidcConfigOf, oidcFaults } from './oidc-config.js';
import {
  DEPLOYMENT_SETTINGS,
  type DeploymentConfig,
  deploymentConfigOf,
} from './deployment-config.js';
import { PROMOTION_SETTINGS, type PromotionConfig, promotionConfigOf } from './promotion-config.js';
import { SESSION_SETTINGS, type SessionConfig, sessionConfigOf } from './session-config.js';
import { type ConfigFault, faultOf, follows, type Given, type Setting } from './setting.js';
import { SIGNING_SETTINGS, type SigningConfig, signingConfigOf } from './signing-config.js';
import { STORAGE_SETTINGS, type StorageConfig, storageConfigOf } from './storage-config.js';
import { unknownSettings } from './unknown-settings.js';
import { WEBHOOKS_SETTINGS, type WebhooksConfig, webhooksConfigOf } from './webhooks-config.js';

/** Everything that can be set from outside, checked. Frozen. */
export interface HubConfig
  extends AccessConfig, EdgeConfig, StorageConfig, SigningConfig, PromotionConfig, LogConfig {
  /** Whose JWTs are accepted; absent = nobody's. */
  readonly jwt?: JwtConfig;
  /** Absent = nobody logs in with an identity provider. */
  readonly oidc?: OidcConfig;
  readonly session: SessionConfig;
  readonly deployments: DeploymentConfig;
  readonly integrations: IntegrationsConfig;
  readonly webhooks: WebhooksConfig;
}

const SETTINGS = {
  ...ACCESS_SETTINGS,
  ...EDGE_SETTINGS,
  ...STORAGE_SETTINGS,
  ...SIGNING_SETTINGS,
  ...PROMOTION_SETTINGS,
  ...JWT_SETTINGS,
  ...OIDC_SETTINGS,
  ...SESSION_SETTINGS,
  ...DEPLOYMENT_SETTINGS,
  ...INTEGRATIONS_SETTINGS,
  ...WEBHOOKS_SETTINGS,
  ...LOG_SETTINGS,
} as const;
type Variable = keyof typeof SETTINGS;

/** The names of all that can be set. */
export const HUB_SETTINGS: readonly string[] = Object.keys(SETTINGS);

/**
 * Reads the configuration from environment variables; an empty one counts as not set. Finds every
 * fault, not just the first. `directory` is what relative paths start from.
 */
export function readHubConfig(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Result<HubConfig, readonly ConfigFault[]> {
  const given = new Map<Variable, string>();
  const faults: ConfigFault[] = [...unknownSettings(environment, HUB_SETTINGS)];
  for (const [name, setting] of Object.entries(SETTINGS) as [Variable, Setting][]) {
    const text = environment[name] || setting.initial;
    if (text === undefined) continue;
    given.set(name, text);
    if (!follows(setting, text)) faults.push(faultOf(name, text, setting));
  }
  if (faults.length === 0) {
    faults.push(...jwtFaults(given), ...openDoors(given), ...oidcFaults(given));
    faults.push(...edgeFaults(given));
  }
  if (faults.length > 0) return err(faults);
  return ok(Object.freeze(configOf(given, directory)));
}

function configOf(given: Given<Variable>, directory: string): HubConfig {
  const jwt = jwtConfigOf(given);
  const oidc = oidcConfigOf(given, directory);
  return {
    ...accessConfigOf(given, directory),
    ...edgeConfigOf(given),
    ...storageConfigOf(given, directory),
    ...signingConfigOf(given, directory),
    ...promotionConfigOf(given),
    ...(jwt !== undefined && { jwt }),
    ...(oidc !== undefined && { oidc }),
    session: sessionConfigOf(given),
    deployments: deploymentConfigOf(given),
    integrations: integrationsConfigOf(given),
    webhooks: webhooksConfigOf(given),
    ...logConfigOf(given),
  };
}
