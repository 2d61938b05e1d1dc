import { describe, expect, it } from '@jest/globals';
import { readHubConfig } from './hub-config.js';

const faultsOf = (environment: Record<string, string>): readonly string[] => {
  const read = readHubConfig(environment, '/nowhere');
  return read.ok ? [] : read.error.map(({ variable }) => variable);
};

describe('the settings of what stands before the hub', () => {
  it('limit requests initially, and trust nobody', () => {
    const read = readHubConfig({}, '/nowhere');
    expect(read).toMatchObject({
      value: { limits: { perPrincipal: 100, perAddress: 100, perDoor: 10 }, corsOrigins: [] },
    });
    expect(read.ok && read.value).not.toHaveProperty('trustedProxies');
    expect(read.ok && read.value).not.toHaveProperty('publicUrl');
  });

  it('are taken', () => {
    const given = {
      APOLLO_RATE_LIMIT_PRINCIPAL: '1',
      APOLLO_RATE_LIMIT_ADDRESS: '1000000',
      APOLLO_RATE_LIMIT_DOOR: '2',
      APOLLO_TRUSTED_PROXIES: '10.0.0.0/8',
      APOLLO_CORS_ORIGINS: 'https://ui.example.com, http://localhost:5173',
      APOLLO_PUBLIC_URL: 'https://apollo.example.com',
    };
    expect(readHubConfig(given, '/nowhere')).toMatchObject({
      value: {
        limits: { perPrincipal: 1, perAddress: 1_000_000, perDoor: 2 },
        trustedProxies: ['10.0.0.0/8'],
        corsOrigins: ['https://ui.example.com', 'http://localhost:5173'],
        publicUrl: 'https://apollo.example.com',
      },
    });
  });

  it.each(
    ['PRINCIPAL', 'ADDRESS', 'DOOR'].flatMap((what) =>
      ['0', '-1', 'NaN', 'Infinity', '1.5', '1e3', '1000001', 'none', ' '].map((text) => ({
        variable: `APOLLO_RATE_LIMIT_${what}`,
        text,
      })),
    ),
  )('refuse $variable of "$text"', ({ variable, text }) => {
    expect(faultsOf({ [variable]: text })).toEqual([variable]);
  });

  it.each([
    { name: 'everybody', text: '*' },
    { name: 'nobody', text: 'null' },
    { name: 'every host of a domain', text: 'https://*.example.com' },
    { name: 'a path', text: 'https://ui.example.com/' },
    { name: 'a longer path', text: 'https://ui.example.com/app' },
    { name: 'a host without a scheme', text: 'ui.example.com' },
    { name: 'another scheme', text: 'ftp://ui.example.com' },
    { name: 'a file', text: 'file:///srv' },
    { name: 'the port that goes without saying', text: 'https://ui.example.com:443' },
    { name: 'capital letters, which browsers do not send', text: 'https://UI.example.com' },
    { name: 'a name and password', text: 'https://a:b@ui.example.com' },
    { name: 'a question', text: 'https://ui.example.com?a' },
    { name: 'two commas', text: 'https://a.example,,https://b.example' },
    { name: 'everybody among others', text: 'https://a.example,*' },
  ])('refuse $name as an origin', ({ text }) => {
    expect(faultsOf({ APOLLO_CORS_ORIGINS: text })).toEqual(['APOLLO_CORS_ORIGINS']);
  });

  it('refuse pages of other sites where nobody logs in', () => {
    const given = { APOLLO_LOGIN: 'local', APOLLO_CORS_ORIGINS: 'https://ui.example.com' };
    expect(faultsOf(given)).toEqual(['APOLLO_CORS_ORIGINS']);
  });

  it('refuse proxies that are everybody', () => {
    expect(faultsOf({ APOLLO_TRUSTED_PROXIES: '0.0.0.0/0' })).toEqual(['APOLLO_TRUSTED_PROXIES']);
  });
});
