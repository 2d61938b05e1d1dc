import { describe, expect, it } from '@jest/globals';
import { backPortOwed, type ServicePlace } from './back-port.js';

const dev = (...running: readonly (string | null)[]): ServicePlace => ({
  ...{ environment: 'dev', tier: 'development', running, healthy: true },
});
const staging = (...running: readonly (string | null)[]): ServicePlace => ({
  ...{ environment: 'staging', tier: 'staging', running, healthy: true },
});
const prod = (...running: readonly (string | null)[]): ServicePlace => ({
  ...{ environment: 'prod', tier: 'production', running, healthy: true },
});

describe('a hotfix to 1.2.1 is to be brought', () => {
  it.each<{ name: string; places: readonly ServicePlace[]; expected: readonly string[] }>([
    {
      name: 'nothing below runs it',
      places: [dev('1.2.0'), staging('1.1.0')],
      expected: ['dev', 'staging'],
    },
    { name: 'dev runs it', places: [dev('1.2.1'), staging('1.2.0')], expected: ['staging'] },
    { name: 'all run it or a newer one', places: [dev('1.3.0'), staging('1.2.1')], expected: [] },
    {
      name: 'one of two spokes of dev runs it',
      places: [dev('1.2.1', '1.2.0')],
      expected: ['dev'],
    },
    {
      name: 'dev runs it and is not Healthy',
      places: [{ ...dev('1.2.1'), healthy: false }],
      expected: ['dev'],
    },
    { name: 'nothing runs in dev', places: [dev(null)], expected: ['dev'] },
    { name: 'dev runs a prerelease of it', places: [dev('1.2.1-rc.1')], expected: ['dev'] },
    { name: 'another production is behind', places: [dev('1.2.1'), prod('1.2.0')], expected: [] },
    { name: 'what runs has no version', places: [dev('latest')], expected: ['dev'] },
  ])('where $name: $expected', ({ places, expected }) => {
    expect(backPortOwed('1.2.1', places)).toEqual(expected);
  });
});
