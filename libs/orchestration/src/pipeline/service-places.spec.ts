import { expect, it } from '@jest/globals';
import { EngineWorld } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { servicePlaces } from './service-places.js';

it('a service is where it is wanted, and runs there what its spokes say', async () => {
  const world = await EngineWorld.build();
  await world.connect();
  const [prod, staging] = [
    await OtherSpoke.join(world, 'prod', 'production'),
    await OtherSpoke.join(world, 'staging', 'staging'),
  ];
  await OtherSpoke.join(world, 'lab', 'development');
  await world.report({ 'aria-dev': { version: '1.1.0', revision: 2 } });
  await world.entity();
  await prod.want({ version: '1.0.0' });
  await prod.report({ version: '1.0.0', revision: 1, health: 'Degraded' });
  await staging.want({ absent: true });
  const places = await world.context.store.transact((unit) =>
    servicePlaces(world.context, unit, 'aria'),
  );
  expect([...places].sort((a, b) => (a.environment < b.environment ? -1 : 1))).toEqual([
    { environment: 'dev', tier: 'development', running: ['1.1.0'], healthy: true },
    { environment: 'prod', tier: 'production', running: ['1.0.0'], healthy: false },
  ]);
});
