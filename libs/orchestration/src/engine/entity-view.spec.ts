import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld } from '../testing/engine-world.js';

describe('an entity whose desired state was changed while a plan waits', () => {
  let world: EngineWorld;
  let planId: string;
  beforeEach(async () => {
    world = await EngineWorld.build();
    const audit = { start: '2026-01-05T00:00:00.000Z', end: '2026-01-06T00:00:00.000Z' };
    await world.constraint({ kind: 'suppression_window', spec: { ...audit, reason: 'Audit' } });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    planId = (await world.lastPlan()).id;
    world.clock.advance(1000);
  });

  it.each([
    {
      name: 'a version that nobody has registered',
      desired: { version: '9.9.9' },
      target: null,
      news: 'no release matches version 9.9.9',
    },
    {
      name: 'another version',
      desired: { version: '1.1.0' },
      target: '1.1.0',
      news: 'aria 1.1.0 should run and is not installed',
    },
  ])('says that $name is not judged yet, and nothing of what the plan waits for', async (given) => {
    await world.entity(given.desired);
    const { status, why, target } = await world.view();
    expect({ status, why, target: target.version }).toEqual({
      status: 'pending',
      why: `what is desired was changed at 2026-01-05T09:00:01.000Z and is not judged yet: ${given.news}; plan ${planId}, made for what was desired before, then gives way`,
      target: given.target,
    });
    await world.settle();
    expect((await world.view()).why).not.toContain('not judged yet');
  });

  it('goes on waiting with the plan if that is what is wanted', async () => {
    await world.entity({ version: '1.0.0' });
    expect(await world.view()).toMatchObject({ status: 'blocked' });
  });
});
