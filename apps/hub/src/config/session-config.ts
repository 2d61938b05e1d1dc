import { Type } from 'typebox';
import type { Given, Settings } from './setting.js';

/** How long a login lasts. */
export interface SessionConfig {
  readonly idleMs: number;
  readonly longestMs: number;
}

export const SESSION_SETTINGS = {
  APOLLO_SESSION_IDLE_MINUTES: {
    schema: Type.Integer({ minimum: 5, maximum: 1440 }),
    accepted: 'a whole number of minutes from 5 to 1440',
    initial: '60',
    numeric: true,
  },
  APOLLO_SESSION_HOURS: {
    schema: Type.Integer({ minimum: 1, maximum: 24 }),
    accepted: 'a whole number of hours from 1 to 24',
    initial: '10',
    numeric: true,
  },
} as const satisfies Settings;

export function sessionConfigOf(given: Given<keyof typeof SESSION_SETTINGS>): SessionConfig {
  return {
    idleMs: Number(given.get('APOLLO_SESSION_IDLE_MINUTES')) * 60_000,
    longestMs: Number(given.get('APOLLO_SESSION_HOURS')) * 3_600_000,
  };
}
