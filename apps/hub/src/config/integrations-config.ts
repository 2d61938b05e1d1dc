import type { NamedReceiver } from '@apollo-deploy/domain';
import { Type } from 'typebox';
import type { Given, Settings } from './setting.js';

/** Where others are whom the hub asks or tells; absent = it does without. Without a slash at the end. */
export interface IntegrationsConfig {
  /** Makes backups. */
  readonly chronos?: string;
  /** Watches services. */
  readonly panoptes?: string;
  /** Takes services back when people ask for it. */
  readonly hades?: string;
  /** Who is told of deployments. */
  readonly told: Readonly<Partial<Record<NamedReceiver, string>>>;
}

const RECEIVER_URL = {
  schema: Type.Refine(Type.String({ maxLength: 1024 }), isReceiverUrl),
  accepted:
    'http:// or https:// and a host, such as http://chronos:8010, with a path before what is called if need be, and without a name, a password, ? and #',
  // It may hold a password, which is refused, and not shown either.
  secret: true,
} as const;

export const INTEGRATIONS_SETTINGS = {
  CHRONOS_URL: RECEIVER_URL,
  PANOPTES_URL: RECEIVER_URL,
  HADES_URL: RECEIVER_URL,
  HERMES_URL: RECEIVER_URL,
  LCIS_URL: RECEIVER_URL,
  EVENT_BUS_URL: RECEIVER_URL,
} as const satisfies Settings;

function isReceiverUrl(text: string): boolean {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(text) || /[?#@\\]/.test(text)) return false;
  return URL.canParse(text);
}

export function integrationsConfigOf(
  given: Given<keyof typeof INTEGRATIONS_SETTINGS>,
): IntegrationsConfig {
  const url = (variable: keyof typeof INTEGRATIONS_SETTINGS): string | undefined =>
    given.get(variable)?.replace(/\/+$/, '');
  const [chronos, panoptes, hades] = [url('CHRONOS_URL'), url('PANOPTES_URL'), url('HADES_URL')];
  const [hermes, lcis, bus] = [url('HERMES_URL'), url('LCIS_URL'), url('EVENT_BUS_URL')];
  return {
    ...(chronos !== undefined && { chronos }),
    ...(panoptes !== undefined && { panoptes }),
    ...(hades !== undefined && { hades }),
    told: {
      ...(hermes !== undefined && { hermes }),
      ...(lcis !== undefined && { lcis }),
      ...(bus !== undefined && { event_bus: bus }),
    },
  };
}
