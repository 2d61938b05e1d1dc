import { describe, expect, it } from '@jest/globals';
import { EngineWorld, failed } from '../testing/engine-world.js';

describe('a release whose removal was cut off, and which is wanted again', () => {
  it.each([
    { revision: 1, health: 'Missing', version: '1.1.0', type: 'install' },
    { revision: 1, health: 'Healthy', version: '1.1.0', type: 'config_update' },
    { revision: 2, health: 'Missing', version: '1.1.0', type: 'config_update' },
    { revision: 2, health: 'Degraded', version: '1.1.0', type: 'config_update' },
    { revision: 2, health: 'Missing', version: '1.0.0', type: 'upgrade' },
  ] as const)(
    'is planned as $type over revision $revision of $version that is $health',
    async ({ revision, health, version, type }) => {
      const world = await EngineWorld.build();
      await world.connect();
      await world.report({ 'aria-dev': { version, revision } });
      await world.release('1.1.0');
      await world.entity({ absent: true });
      await world.settle();
      const removal = await world.lastPlan();
      const left = { version, revision, status: 'failed', health } as const;
      await world.result(removal.id, failed('broken', true), left);
      await world.entity({ channel: 'dev' });
      await world.settle();
      const plan = await world.lastPlan();
      expect([plan.type, plan.content.base?.revision]).toEqual([type, revision]);
    },
  );
});
