import { isRole, type Role, ROLES } from '@apollo-deploy/domain';
import { Type } from 'typebox';
import type { ConfigFault, Given, Settings } from './setting.js';

const CLAIM = '^[\\x21-\\x7e]{1,256}$';

/** Whose JWTs are accepted, and whom they are taken for. */
export interface JwtConfig {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer publishes its keys. */
  readonly keysUrl: string;
  /** The claim with the name in `people`; nobody must be able to choose its content. */
  readonly nameClaim: string;
  readonly rolesClaim: string;
  /** The roles that come with what is in `rolesClaim`; absent = the hub alone says who has which. */
  readonly roles?: ReadonlyMap<string, Role>;
}

/** Ends the sentence "accepted is …". */
const ACCEPTED_ROLE_MAP = `a list such as platform-team=sre,owners=product-owner with any of ${ROLES.join(', ')}`;

/** Reads `group=role,…`; `undefined` if it is none. */
function readRoleMap(text: string): ReadonlyMap<string, Role> | undefined {
  const roles = new Map<string, Role>();
  for (const pair of text.split(',')) {
    const [, group, role = ''] = /^\s*([^=,\s][^=,]*?)\s*=\s*([a-z-]+)\s*$/.exec(pair) ?? [];
    if (group === undefined || !isRole(role) || roles.has(group)) return undefined;
    roles.set(group, role);
  }
  return roles;
}

/** Whether keys may be fetched from here: nobody on the way can put in others. */
function isKeysUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
}

export const JWT_SETTINGS = {
  APOLLO_JWT_ISSUER: {
    schema: Type.String({ pattern: '^https?://[^\\s]{1,1024}$' }),
    accepted: 'the URL that is the `iss` of its tokens, letter for letter',
  },
  APOLLO_JWT_AUDIENCE: {
    schema: Type.String({ minLength: 1, maxLength: 1024 }),
    accepted: 'the `aud` of tokens that are meant for this hub',
  },
  APOLLO_JWT_KEYS_URL: {
    schema: Type.String({ pattern: '^https?://[^\\s]{1,1024}$' }),
    accepted: 'the URL of the keys (JWKS) of the issuer',
  },
  APOLLO_JWT_NAME_CLAIM: {
    schema: Type.String({ pattern: CLAIM }),
    accepted: 'the name of a claim that people cannot change themselves, such as sub',
  },
  APOLLO_JWT_ROLES_CLAIM: {
    schema: Type.String({ pattern: CLAIM }),
    accepted: 'the name of a claim that people cannot change themselves, such as roles or groups',
  },
  APOLLO_JWT_ROLES: {
    schema: Type.String({ minLength: 1, maxLength: 16_384 }),
    accepted: 'a list such as platform-team=sre,owners=product-owner',
  },
} as const satisfies Settings;
type JwtVariable = keyof typeof JWT_SETTINGS;

const NEEDED = ['APOLLO_JWT_ISSUER', 'APOLLO_JWT_AUDIENCE', 'APOLLO_JWT_KEYS_URL'] as const;
const ACCEPTED_KEYS_URL =
  'a URL with https, or with http on this machine, and without a name and password';

/** What is wrong with the settings together, or takes more than a pattern to see. */
export function jwtFaults(given: Given<JwtVariable>): readonly ConfigFault[] {
  const set = NEEDED.filter((name) => given.has(name));
  if (set.length === 0) {
    if (!given.has('APOLLO_JWT_ROLES')) return [];
    const message = `APOLLO_JWT_ROLES is of no use without ${NEEDED.join(', ')}; set them, or leave it out`;
    return [{ variable: 'APOLLO_JWT_ROLES', message }];
  }
  const missing = NEEDED.filter((name) => !given.has(name)).map((variable) => ({
    variable,
    message: `${variable} is not set; it takes ${NEEDED.join(', ')} together to accept JWTs`,
  }));
  return [...missing, ...wrong('APOLLO_JWT_KEYS_URL', isKeysUrl, ACCEPTED_KEYS_URL)].concat(
    wrong('APOLLO_JWT_ROLES', (text) => readRoleMap(text) !== undefined, ACCEPTED_ROLE_MAP),
  );

  function wrong(variable: JwtVariable, is: (text: string) => boolean, accepted: string) {
    const text = given.get(variable);
    if (text === undefined || is(text)) return [];
    return [{ variable, message: `${variable} is not usable; accepted is ${accepted}` }];
  }
}

/** The settings, which `jwtFaults` has found nothing wrong with; `undefined` = no JWTs are accepted. */
export function jwtConfigOf(given: Given<JwtVariable>): JwtConfig | undefined {
  const [issuer, audience, keysUrl] = NEEDED.map((name) => given.get(name));
  if (issuer === undefined || audience === undefined || keysUrl === undefined) return undefined;
  const roles = readRoleMap(given.get('APOLLO_JWT_ROLES') ?? '');
  return {
    ...{ issuer, audience, keysUrl },
    nameClaim: given.get('APOLLO_JWT_NAME_CLAIM') ?? 'sub',
    rolesClaim: given.get('APOLLO_JWT_ROLES_CLAIM') ?? 'roles',
    ...(roles !== undefined && { roles }),
  };
}
