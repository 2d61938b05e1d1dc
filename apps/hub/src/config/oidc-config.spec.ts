import { describe, expect, it } from '@jest/globals';
import { readHubConfig } from './hub-config.js';

const SET = {
  APOLLO_OIDC_ISSUER: 'https://id.example/realms/staff',
  APOLLO_OIDC_CLIENT_ID: 'apollo',
  APOLLO_PUBLIC_URL: 'https://apollo.example',
};
const faultsOf = (environment: Record<string, string | undefined>) => {
  const read = readHubConfig(environment, '/nowhere');
  return read.ok ? [] : read.error.map(({ variable }) => variable);
};

describe('the settings of logins', () => {
  it('are none by default, with sessions of an hour at rest and ten at most', () => {
    const read = readHubConfig({}, '/nowhere');
    expect(read).toMatchObject({
      value: { session: { idleMs: 3_600_000, longestMs: 36_000_000 } },
    });
    expect(read.ok && read.value).not.toHaveProperty('oidc');
  });

  it('say which group has which role where', () => {
    const roles = 'sre team=sre,dev=developer@prod-eu,dev=viewer';
    const set = { ...SET, APOLLO_OIDC_ROLES: roles, APOLLO_OIDC_SCOPES: 'groups,profile' };
    const read = readHubConfig(set, '/nowhere');
    expect(read.ok && read.value.oidc).toEqual({
      ...{ issuer: 'https://id.example/realms/staff', clientId: 'apollo' },
      ...{ publicUrl: 'https://apollo.example', nameClaim: 'sub', rolesClaim: 'groups' },
      scopes: ['groups', 'profile'],
      roles: [
        { group: 'sre team', role: 'sre' },
        { group: 'dev', role: 'developer', environment: 'prod-eu' },
        { group: 'dev', role: 'viewer' },
      ],
    });
  });

  it.each([
    { name: 'an issuer by plain HTTP', change: { APOLLO_OIDC_ISSUER: 'http://id.example' } },
    { name: 'an issuer that is no address', change: { APOLLO_OIDC_ISSUER: 'id.example' } },
    { name: 'a path of the hub', change: { APOLLO_PUBLIC_URL: 'https://apollo.example/' } },
    { name: 'the hub by plain HTTP', change: { APOLLO_PUBLIC_URL: 'http://apollo.example' } },
    { name: 'somebody in the address', change: { APOLLO_PUBLIC_URL: 'https://a@apollo.example' } },
    { name: 'a role that there is not', change: { APOLLO_OIDC_ROLES: 'a=root' } },
    { name: 'a group without a role', change: { APOLLO_OIDC_ROLES: 'a' } },
    { name: 'roles with a blank', change: { APOLLO_OIDC_ROLES: 'a=sre, b=sre' } },
    { name: 'a name by an unsafe claim', change: { APOLLO_OIDC_NAME_CLAIM: 'preferred_username' } },
    { name: 'a session without end', change: { APOLLO_SESSION_HOURS: '0' } },
    { name: 'a session of half an hour', change: { APOLLO_SESSION_HOURS: '0.5' } },
    { name: 'a rest of a minute', change: { APOLLO_SESSION_IDLE_MINUTES: '1' } },
    { name: 'scopes with a blank', change: { APOLLO_OIDC_SCOPES: 'groups profile' } },
    { name: 'a short secret', change: { APOLLO_OIDC_CLIENT_SECRET: 'secret' } },
  ])('refuse $name', ({ change }) => {
    expect(faultsOf({ ...SET, ...change })).toEqual(Object.keys(change));
  });

  it.each([
    {
      name: 'the provider without the hub’s own address',
      given: { ...SET, APOLLO_PUBLIC_URL: '' },
      expected: ['APOLLO_PUBLIC_URL'],
    },
    {
      name: 'roles without a provider',
      given: { APOLLO_OIDC_ROLES: 'a=sre' },
      expected: ['APOLLO_OIDC_ROLES'],
    },
    {
      name: 'two secrets',
      given: {
        ...SET,
        APOLLO_OIDC_CLIENT_SECRET: 'hunter22',
        APOLLO_OIDC_CLIENT_SECRET_FILE: 'secret',
      },
      expected: ['APOLLO_OIDC_CLIENT_SECRET_FILE'],
    },
    {
      name: 'a secret in a file without a provider',
      given: { APOLLO_OIDC_CLIENT_SECRET_FILE: 'secret' },
      expected: ['APOLLO_OIDC_CLIENT_SECRET_FILE'],
    },
    {
      name: 'a provider where nobody logs in',
      given: { ...SET, APOLLO_LOGIN: 'local' },
      expected: ['APOLLO_LOGIN'],
    },
    {
      name: 'a door that nobody could come in by: no role, no first person',
      given: { ...SET, APOLLO_HOST: '0.0.0.0' },
      expected: ['APOLLO_ADMIN_TOKEN_FILE'],
    },
  ])('refuse what does not go together: $name', ({ given, expected }) => {
    expect(faultsOf(given)).toEqual(expected);
  });

  it('never show the secret', () => {
    const read = readHubConfig({ ...SET, APOLLO_OIDC_CLIENT_SECRET: 'hunter2' }, '/nowhere');
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });
});
