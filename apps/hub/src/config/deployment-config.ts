import { Type } from 'typebox';
import type { Given, Settings } from './setting.js';

/** How deployments are followed. */
export interface DeploymentConfig {
  /** Over how long it is looked whether what was deployed does well, in milliseconds. */
  readonly settlingMs: number;
}

export const DEPLOYMENT_SETTINGS = {
  APOLLO_SETTLING_SECONDS: {
    schema: Type.Integer({ minimum: 1, maximum: 600 }),
    accepted: 'a whole number of seconds from 1 to 600',
    initial: '15',
    numeric: true,
  },
} as const satisfies Settings;

export function deploymentConfigOf(
  given: Given<keyof typeof DEPLOYMENT_SETTINGS>,
): DeploymentConfig {
  return { settlingMs: Number(given.get('APOLLO_SETTLING_SECONDS')) * 1000 };
}
