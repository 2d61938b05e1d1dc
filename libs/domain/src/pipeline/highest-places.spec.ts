import { expect, it } from '@jest/globals';
import type { Tier } from '../catalog/environment.js';
import { highestPlaces } from './highest-places.js';

const at = (environment: string, tier: Tier, ...running: readonly (string | null)[]) => ({
  ...{ environment, tier, running },
});
const DEV = at('dev', 'development', '1.0.0');
const STAGING = at('staging', 'staging', '1.0.0');
const PROD = at('prod', 'production', null, '1.0.0');
const EU = at('prod-eu', 'production', '1.0.0');

it.each([
  { name: 'nowhere', places: [], expected: [] },
  { name: 'nowhere that is known', places: [at('prod', 'production', null)], expected: [] },
  { name: 'below production only', places: [STAGING, DEV], expected: ['staging'] },
  { name: 'on one of two spokes of prod', places: [DEV, PROD, STAGING], expected: ['prod'] },
  { name: 'in two environments of production', places: [EU, PROD], expected: ['prod-eu', 'prod'] },
  { name: 'not in prod yet', places: [at('prod', 'production', null), DEV], expected: ['dev'] },
])('what runs $name is highest in $expected', ({ places, expected }) => {
  expect(highestPlaces(places)).toEqual(expected);
});
