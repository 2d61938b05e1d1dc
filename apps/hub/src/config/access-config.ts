import { resolve } from 'node:path';
import { Type } from 'typebox';
import { type ConfigFault, type Given, PATH, type Settings } from './setting.js';

const LOGINS = ['required', 'local'] as const;
const OCTET = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])';
/** Not of digits and dots alone: such a text is an address, and a wrong one. */
const NAME = '(?=[^.]*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?';
const IPV6 = '(?=.*:.*:)[0-9A-Fa-f:]{2,39}';

/** Where the hub listens, and who is let in at first. */
export interface AccessConfig {
  /** The address or name to listen on. */
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** `local`: on this machine, who shows no credentials acts as `dev-operator`. */
  readonly login: (typeof LOGINS)[number];
  /** Holds the token of the first person, `admin`; absent = nobody is made. */
  readonly adminTokenFile?: string;
}

export const ACCESS_SETTINGS = {
  APOLLO_HOST: {
    schema: Type.String({ pattern: `^(${NAME}|${IPV6}|${OCTET}(\\.${OCTET}){3})$` }),
    accepted: 'an address or name of this machine, such as 127.0.0.1, ::1, 0.0.0.0 or a host name',
    initial: '127.0.0.1',
  },
  APOLLO_PORT: {
    schema: Type.Integer({ minimum: 0, maximum: 65_535 }),
    accepted: 'a whole number from 0 to 65535, where 0 means any free port',
    initial: '8234',
    numeric: true,
  },
  APOLLO_LOGIN: {
    schema: Type.Union(LOGINS.map((login) => Type.Literal(login))),
    accepted: `one of ${LOGINS.join(', ')}`,
    initial: 'required',
  },
  APOLLO_ADMIN_TOKEN_FILE: {
    schema: PATH,
    accepted: 'the path of a file, relative to the working directory or absolute',
  },
} as const satisfies Settings;
type AccessVariable = keyof typeof ACCESS_SETTINGS;

export function accessConfigOf(given: Given<AccessVariable>, directory: string): AccessConfig {
  const adminTokenFile = given.get('APOLLO_ADMIN_TOKEN_FILE');
  return {
    host: given.get('APOLLO_HOST') ?? '',
    port: Number(given.get('APOLLO_PORT')),
    login: given.get('APOLLO_LOGIN') as AccessConfig['login'],
    ...(adminTokenFile !== undefined && { adminTokenFile: resolve(directory, adminTokenFile) }),
  };
}

type Door = 'APOLLO_ADMIN_TOKEN_FILE' | 'APOLLO_JWT_ISSUER' | 'APOLLO_OIDC_ROLES';
const DOORS: readonly Door[] = [
  'APOLLO_ADMIN_TOKEN_FILE',
  'APOLLO_JWT_ISSUER',
  'APOLLO_OIDC_ROLES',
];

/** What would let people in from other machines who have not shown who they are, or let nobody in. */
export function openDoors(given: Given<AccessVariable | Door>): readonly ConfigFault[] {
  const host = given.get('APOLLO_HOST') ?? '';
  if (isLoopback(host)) return [];
  if (given.get('APOLLO_LOGIN') === 'local') {
    const message = `APOLLO_LOGIN is "local", which is for this machine only, and APOLLO_HOST is "${host}"; set APOLLO_LOGIN to required, or APOLLO_HOST to 127.0.0.1`;
    return [{ variable: 'APOLLO_LOGIN', message }];
  }
  if (DOORS.some((door) => given.has(door))) return [];
  const message = `APOLLO_HOST is "${host}", which other machines reach, and nobody could log in; set APOLLO_ADMIN_TOKEN_FILE to a file with the token of the first person, APOLLO_JWT_ISSUER to whose tokens count, APOLLO_OIDC_ROLES to who has which role by an identity provider, or APOLLO_HOST to 127.0.0.1`;
  return [{ variable: 'APOLLO_ADMIN_TOKEN_FILE', message }];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
