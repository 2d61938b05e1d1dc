import { describe, expect, it } from '@jest/globals';
import { readHubConfig } from './hub-config.js';

const JWT = {
  APOLLO_JWT_ISSUER: 'https://id.example.org',
  APOLLO_JWT_AUDIENCE: 'apollo',
  APOLLO_JWT_KEYS_URL: 'https://id.example.org/keys',
};

describe('the configuration of an issuer', () => {
  it('is the three settings that it takes, and what stands for the others', () => {
    const read = readHubConfig({ ...JWT, APOLLO_HOST: '0.0.0.0' }, '/srv');
    expect(read.ok && read.value.jwt).toEqual({
      ...{ issuer: 'https://id.example.org', audience: 'apollo' },
      ...{ keysUrl: 'https://id.example.org/keys', nameClaim: 'sub', rolesClaim: 'roles' },
    });
  });

  it('maps what is in a claim to roles', () => {
    const given = {
      ...{ ...JWT, APOLLO_JWT_NAME_CLAIM: 'uid', APOLLO_JWT_ROLES_CLAIM: 'https://x/groups' },
      APOLLO_JWT_ROLES: 'Platform Team=sre, owners = product-owner',
    };
    const read = readHubConfig(given, '/srv');
    const roles = new Map([
      ['Platform Team', 'sre'],
      ['owners', 'product-owner'],
    ]);
    expect(read.ok && read.value.jwt).toMatchObject({
      ...{ nameClaim: 'uid', rolesClaim: 'https://x/groups', roles },
    });
  });

  const [ISSUER, AUDIENCE, KEYS] = Object.keys(JWT);
  it.each<{ name: string; given: Record<string, string>; faults: readonly (string | undefined)[] }>(
    [
      { name: 'nothing', given: {}, faults: [] },
      { name: 'everything it takes', given: JWT, faults: [] },
      { name: 'no audience', given: { ...JWT, APOLLO_JWT_AUDIENCE: '' }, faults: [AUDIENCE] },
      { name: 'no keys', given: { ...JWT, APOLLO_JWT_KEYS_URL: '' }, faults: [KEYS] },
      {
        name: 'keys alone',
        given: { APOLLO_JWT_KEYS_URL: JWT.APOLLO_JWT_KEYS_URL },
        faults: [ISSUER, AUDIENCE],
      },
      {
        name: 'an issuer that is no URL',
        given: { ...JWT, APOLLO_JWT_ISSUER: 'me' },
        faults: [ISSUER],
      },
      {
        name: 'keys that others could change on the way',
        given: { ...JWT, APOLLO_JWT_KEYS_URL: 'http://id.example.org/keys' },
        faults: [KEYS],
      },
      {
        name: 'keys on this machine',
        given: { ...JWT, APOLLO_JWT_KEYS_URL: 'http://127.0.0.1:8080/keys' },
        faults: [],
      },
      {
        name: 'keys behind a password',
        given: { ...JWT, APOLLO_JWT_KEYS_URL: 'https://hub:hunter2@id.example.org/keys' },
        faults: [KEYS],
      },
      {
        name: 'keys in a file',
        given: { ...JWT, APOLLO_JWT_KEYS_URL: 'file:///etc/keys' },
        faults: [KEYS],
      },
      {
        name: 'a role nobody knows',
        given: { ...JWT, APOLLO_JWT_ROLES: 'platform=root' },
        faults: ['APOLLO_JWT_ROLES'],
      },
      {
        name: 'one group twice',
        given: { ...JWT, APOLLO_JWT_ROLES: 'a=sre,a=viewer' },
        faults: ['APOLLO_JWT_ROLES'],
      },
      {
        name: 'roles for no group',
        given: { ...JWT, APOLLO_JWT_ROLES: '=admin' },
        faults: ['APOLLO_JWT_ROLES'],
      },
      {
        name: 'roles of no issuer',
        given: { APOLLO_JWT_ROLES: 'platform=sre' },
        faults: ['APOLLO_JWT_ROLES'],
      },
      {
        name: 'a claim with a blank',
        given: { ...JWT, APOLLO_JWT_NAME_CLAIM: 'given name' },
        faults: ['APOLLO_JWT_NAME_CLAIM'],
      },
    ],
  )('with $name has these faults: $faults', ({ given, faults }) => {
    const read = readHubConfig(given, '/srv');
    expect(read.ok ? [] : read.error.map(({ variable }) => variable)).toEqual(faults);
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });
});
