import { type NamedReceiver, RECEIVERS } from '@apollo-deploy/domain';
import type { UnsetReceivers } from '@apollo-deploy/orchestration';
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

/** By which setting each of them is named who is told of deployments. */
const TOLD_BY = {
  hermes: 'HERMES_URL',
  lcis: 'LCIS_URL',
  event_bus: 'EVENT_BUS_URL',
} as const satisfies Record<NamedReceiver, keyof typeof INTEGRATIONS_SETTINGS>;

/** Those who are not told, each with the setting that would name it. */
export function unsetReceivers({ told }: Pick<IntegrationsConfig, 'told'>): UnsetReceivers {
  return Object.fromEntries(
    RECEIVERS.filter((one) => told[one] === undefined).map((one) => [one, TOLD_BY[one]]),
  );
}

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
  return {
    ...(chronos !== undefined && { chronos }),
    ...(panoptes !== undefined && { panoptes }),
    ...(hades !== undefined && { hades }),
    told: Object.fromEntries(
      RECEIVERS.flatMap((one) => {
        const where = url(TOLD_BY[one]);
        return where === undefined ? [] : [[one, where]];
      }),
    ),
  };
}
