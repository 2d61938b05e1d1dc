import { Type } from 'typebox';
import { readNetworks } from '../limits/networks.js';
import type { Given, Settings } from './setting.js';

export interface WebhooksConfig {
  /** What webhooks may lead to though it is not public: addresses, and networks as CIDR writes them. */
  readonly allowedNetworks: readonly string[];
}

export const WEBHOOKS_SETTINGS = {
  APOLLO_WEBHOOK_ALLOWED_NETWORKS: {
    schema: Type.Refine(
      Type.String({ maxLength: 4096 }),
      (text) => readNetworks(text) !== undefined,
    ),
    accepted: 'networks and addresses, separated by commas, such as 10.1.0.0/16,2001:db8::/32',
  },
} as const satisfies Settings;

export function webhooksConfigOf(given: Given<keyof typeof WEBHOOKS_SETTINGS>): WebhooksConfig {
  const text = given.get('APOLLO_WEBHOOK_ALLOWED_NETWORKS');
  return { allowedNetworks: text === undefined ? [] : (readNetworks(text) ?? []) };
}
