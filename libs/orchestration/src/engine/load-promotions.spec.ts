import { ConstraintSet } from '@apollo-deploy/domain';
import { aRelease, aReportedRelease, anEntity, anEnvironment } from '@apollo-deploy/domain/testing';
import { expect, it } from '@jest/globals';
import { EngineWorld } from '../testing/engine-world.js';
import { loadPromotions } from './load-promotions.js';
import { replicaFacts } from './replica-facts.js';

it('names the lower environments also where nothing newer could come', async () => {
  const world = await EngineWorld.build();
  await world.entity();
  const release = aRelease('1.0.0');
  const destination = {
    entity: anEntity({ name: 'aria-prod', environment: 'prod' }),
    environment: anEnvironment({ name: 'prod', tier: 'production' }),
    releases: [release],
    reported: { at: '2026-01-05T09:00:00.000Z', release: aReportedRelease({ version: '1.1.0' }) },
  };
  const facts = await world.context.store.transact(async (unit) => {
    const presence = replicaFacts(world.context);
    const question = { presence, set: new ConstraintSet([]) };
    return (await loadPromotions(unit, [destination], question)).of(destination, release);
  });
  expect(facts.lowerEnvironments).toEqual([{ name: 'dev', tier: 'development' }]);
});
