import { Type } from 'typebox';
import type { Given, Settings } from './setting.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What the hub says of itself. */
export interface LogConfig {
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export const LOG_SETTINGS = {
  APOLLO_LOG_LEVEL: {
    schema: Type.Union(LOG_LEVELS.map((level) => Type.Literal(level))),
    accepted: `one of ${LOG_LEVELS.join(', ')}`,
    initial: 'info',
  },
} as const satisfies Settings;

export function logConfigOf(given: Given<keyof typeof LOG_SETTINGS>): LogConfig {
  return { logLevel: given.get('APOLLO_LOG_LEVEL') as LogConfig['logLevel'] };
}
