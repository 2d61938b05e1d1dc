import { resolve } from 'node:path';
import { isRole, type HeldRoles, type Role, ROLES } from '@apollo-deploy/domain';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { type ConfigFault, type Given, PATH, type Settings } from './setting.js';

const LOOPBACK = '(127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|localhost|\\[::1\\])';
const HOST = '[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?';

/** An origin: https, or http where it does not leave this machine. */
const PUBLIC_URL_PATTERN = `^(https://${HOST}|http://${LOOPBACK})(:\\d{1,5})?$`;
const ISSUER_PATTERN = `^(https://${HOST}|http://${LOOPBACK})(:\\d{1,5})?(/[A-Za-z0-9._~/-]*)?$`;
/** `group=role` or `group=role@environment`, separated by commas. */
const ROLE_MAPPING_PATTERN =
  '^[^=,\\s][^=,]*=[a-z-]+(@[a-z0-9-]+)?(,[^=,\\s][^=,]*=[a-z-]+(@[a-z0-9-]+)?)*$';

/** Whoever the provider says is in the group has the role, everywhere or in one environment. */
interface MappedRole {
  readonly group: string;
  readonly role: Role;
  readonly environment?: string;
}

/** How people log in with an identity provider. */
export interface OidcConfig {
  /** Exactly as the provider spells it. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent = a public client, which PKCE alone protects. */
  readonly clientSecret?: string;
  /** Where the secret is kept, if in a file: it is read at the start. */
  readonly clientSecretFile?: string;
  /** The origin under which browsers reach the hub: `https://apollo.example.com`. */
  readonly publicUrl: string;
  /** Which claim of the ID token is the name in the audit trail; `email` only if it is verified. */
  readonly nameClaim: 'sub' | 'email';
  /** What the provider is asked for besides `openid`, and `email` where that is the name. */
  readonly scopes: readonly string[];
  /** Which claim of the ID token lists groups. */
  readonly rolesClaim: string;
  /** Absent = roles are said here, not by the provider. */
  readonly roles?: readonly MappedRole[];
}

const CLIENT_SECRET = Type.String({ pattern: '^[\\x21-\\x7e]{8,512}$' });

/** Whether a provider could have given this as the secret of a client. */
export function isClientSecret(text: string): boolean {
  return Check(CLIENT_SECRET, text);
}

export const OIDC_SETTINGS = {
  APOLLO_PUBLIC_URL: {
    schema: Type.String({ pattern: PUBLIC_URL_PATTERN, maxLength: 512 }),
    accepted:
      'https:// and a host, without a path, such as https://apollo.example.com (http:// for 127.0.0.1 and localhost only)',
  },
  APOLLO_OIDC_ISSUER: {
    schema: Type.String({ pattern: ISSUER_PATTERN, maxLength: 512 }),
    accepted:
      'the https:// address of the identity provider, exactly as it spells it (http:// for 127.0.0.1 and localhost only)',
  },
  APOLLO_OIDC_CLIENT_ID: {
    schema: Type.String({ pattern: '^[\\x21-\\x7e]{1,256}$' }),
    accepted: '1 to 256 characters without blanks',
  },
  APOLLO_OIDC_CLIENT_SECRET: {
    schema: CLIENT_SECRET,
    accepted: '8 to 512 characters without blanks',
    secret: true,
  },
  APOLLO_OIDC_CLIENT_SECRET_FILE: {
    schema: PATH,
    accepted: 'the path of a file with the secret that only its owner may read',
  },
  APOLLO_OIDC_NAME_CLAIM: {
    schema: Type.Union([Type.Literal('sub'), Type.Literal('email')]),
    accepted: 'sub, or email, which has to be verified by the provider',
    initial: 'sub',
  },
  APOLLO_OIDC_SCOPES: {
    schema: Type.String({
      pattern:
        '^[\\x21\\x23-\\x2b\\x2d-\\x5b\\x5d-\\x7e]+(,[\\x21\\x23-\\x2b\\x2d-\\x5b\\x5d-\\x7e]+)*$',
      maxLength: 512,
    }),
    accepted: 'scopes to ask the provider for besides openid, separated by commas, such as groups',
  },
  APOLLO_OIDC_ROLES_CLAIM: {
    schema: Type.String({ pattern: '^[\\x21-\\x7e]{1,256}$' }),
    accepted: 'the name of a claim, such as groups',
    initial: 'groups',
  },
  APOLLO_OIDC_ROLES: {
    schema: Type.Refine(
      Type.String({ pattern: ROLE_MAPPING_PATTERN, maxLength: 16_384 }),
      (text) => roleMapping(text) !== undefined,
    ),
    accepted: `group=role or group=role@environment, separated by commas; roles are ${ROLES.join(', ')}`,
  },
} as const satisfies Settings;
type OidcVariable = keyof typeof OIDC_SETTINGS;

/** The mapping in a text that follows `ROLE_MAPPING_PATTERN`; `undefined` if a role is none. */
function roleMapping(text: string): readonly MappedRole[] | undefined {
  const mapped: MappedRole[] = [];
  for (const part of text.split(',')) {
    const [group = '', right = ''] = part.split('=');
    const [role = '', environment] = right.split('@');
    if (!isRole(role)) return undefined;
    mapped.push({ group, role, ...(environment !== undefined && { environment }) });
  }
  return mapped;
}

/** The roles of who is in these groups. */
export function rolesOfGroups(
  mapping: readonly MappedRole[],
  groups: readonly string[],
): HeldRoles {
  const held = mapping.filter(({ group }) => groups.includes(group));
  const everywhere = held.filter(({ environment }) => environment === undefined);
  const grants = new Map<string, Set<Role>>();
  for (const { role, environment } of held) {
    if (environment === undefined) continue;
    grants.set(environment, (grants.get(environment) ?? new Set()).add(role));
  }
  return {
    roles: [...new Set(everywhere.map(({ role }) => role))],
    grants: [...grants].map(([environment, roles]) => ({ environment, roles: [...roles] })),
  };
}

/** The settings of the provider; absent if none is named. */
export function oidcConfigOf(
  given: Given<OidcVariable>,
  directory: string,
): OidcConfig | undefined {
  const issuer = given.get('APOLLO_OIDC_ISSUER');
  const clientSecret = given.get('APOLLO_OIDC_CLIENT_SECRET');
  const secretFile = given.get('APOLLO_OIDC_CLIENT_SECRET_FILE');
  const mapping = given.get('APOLLO_OIDC_ROLES');
  const roles = mapping === undefined ? undefined : roleMapping(mapping);
  if (issuer === undefined) return undefined;
  return {
    issuer,
    clientId: given.get('APOLLO_OIDC_CLIENT_ID') ?? '',
    publicUrl: given.get('APOLLO_PUBLIC_URL') ?? '',
    nameClaim: given.get('APOLLO_OIDC_NAME_CLAIM') === 'email' ? 'email' : 'sub',
    scopes: given.get('APOLLO_OIDC_SCOPES')?.split(',') ?? [],
    rolesClaim: given.get('APOLLO_OIDC_ROLES_CLAIM') ?? '',
    ...(clientSecret !== undefined && { clientSecret }),
    ...(secretFile !== undefined && { clientSecretFile: resolve(directory, secretFile) }),
    ...(roles !== undefined && { roles }),
  };
}

/** Settings of a login that do not go together. */
export function oidcFaults(given: Given<OidcVariable | 'APOLLO_LOGIN'>): readonly ConfigFault[] {
  const needed = ['APOLLO_OIDC_CLIENT_ID', 'APOLLO_PUBLIC_URL'] as const;
  const secrets = ['APOLLO_OIDC_CLIENT_SECRET', 'APOLLO_OIDC_CLIENT_SECRET_FILE'] as const;
  if (!given.has('APOLLO_OIDC_ISSUER')) {
    return (['APOLLO_OIDC_CLIENT_ID', ...secrets, 'APOLLO_OIDC_ROLES'] as const)
      .filter((variable) => given.has(variable))
      .map((variable) => ({
        variable,
        message: `${variable} is set and APOLLO_OIDC_ISSUER is not; set both, or none`,
      }));
  }
  if (given.get('APOLLO_LOGIN') === 'local') {
    const message =
      'APOLLO_LOGIN is "local", where nobody logs in, and APOLLO_OIDC_ISSUER is set; take one of them away';
    return [{ variable: 'APOLLO_LOGIN', message }];
  }
  if (secrets.every((variable) => given.has(variable))) {
    const message = `${secrets.join(' and ')} are both set, and nobody knows which counts; take one of them away`;
    return [{ variable: secrets[1], message }];
  }
  return needed
    .filter((variable) => !given.has(variable))
    .map((variable) => ({
      variable,
      message: `${variable} is not set, and APOLLO_OIDC_ISSUER needs it; set it as well`,
    }));
}
