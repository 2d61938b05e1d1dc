import { describe, expect, it } from '@jest/globals';
import { backPortOwed, owesBackPort, runsNoMore, type ServicePlace } from './back-port.js';

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

describe('a hotfix to 1.2.1 in prod', () => {
  const HOTFIX = { environment: 'prod', toVersion: '1.2.1' };

  it.each<{ name: string; places: readonly ServicePlace[]; expected: boolean }>([
    { name: 'it runs there', places: [prod('1.2.1')], expected: false },
    { name: 'something newer runs there', places: [prod('1.3.0')], expected: false },
    { name: 'something older runs there again', places: [prod('1.2.0')], expected: true },
    { name: 'one of two spokes went back', places: [prod('1.2.0', '1.2.1')], expected: false },
    { name: 'both spokes went back', places: [prod('1.2.0', '1.1.0')], expected: true },
    { name: 'nobody knows what one runs', places: [prod('1.2.0', null)], expected: false },
    { name: 'what runs there has no version', places: [prod('latest')], expected: false },
    { name: 'the service is not there any more', places: [dev('1.2.1')], expected: true },
    { name: 'only dev runs older', places: [dev('1.2.0'), prod('1.2.1')], expected: false },
  ])('runs no more: $expected, where $name', ({ places, expected }) => {
    expect(runsNoMore(HOTFIX, places)).toBe(expected);
  });

  const AT = '2026-01-05T09:00:00.000Z';
  it.each([
    { name: 'completed', change: {}, expected: true },
    { name: 'failed', change: { status: 'failed' } as const, expected: false },
    {
      name: 'was rolled back by itself',
      change: { status: 'rolled_back' } as const,
      expected: false,
    },
    { name: 'is under way', change: { status: 'deploying' } as const, expected: false },
    { name: 'was brought back', change: { backPortedAt: AT }, expected: false },
    { name: 'was taken back', change: { takenBackAt: AT }, expected: false },
    { name: 'is no hotfix', change: { kind: 'promote' } as const, expected: false },
  ])('owes a back-port: $expected, where it $name', ({ change, expected }) => {
    expect(owesBackPort({ kind: 'hotfix', status: 'completed', ...change })).toBe(expected);
  });
});
