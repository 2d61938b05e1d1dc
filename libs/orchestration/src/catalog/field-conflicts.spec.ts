import { beforeEach, describe, expect, it } from '@jest/globals';
import { EngineWorld, HELLO, must, PERSON } from '../testing/engine-world.js';
import { putEntity } from './put-entity.js';

const ENTITY = {
  ...{ name: 'aria-dev', spoke: 'dev', product: 'aria', releaseName: 'aria-dev' },
  namespace: 'aria',
  desired: { version: '1.1.0' },
} as const;

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.release('1.1.0');
  await world.connect();
  await world.report({});
});

describe('an entity whose plans must not take fields back from others', () => {
  it('says so in what is offered, and no more once that is taken back', async () => {
    must(await putEntity(world.context, PERSON, { ...ENTITY, fieldConflicts: 'refuse' }));
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ state: 'EXECUTING', content: { fieldConflicts: 'refuse' } });
    must(await putEntity(world.context, PERSON, { ...ENTITY, fieldConflicts: 'override' }));
    expect((await world.view()).entity).not.toHaveProperty('fieldConflicts');
  });

  it('is the exception: other plans say nothing of it', async () => {
    must(await putEntity(world.context, PERSON, ENTITY));
    await world.settle();
    expect((await world.lastPlan()).content).not.toHaveProperty('fieldConflicts');
  });

  it('waits for an agent that can leave them', async () => {
    const before = HELLO.capabilities.filter((one) => one !== 'refuse_conflicts');
    await world.connect({ capabilities: before });
    await world.report({});
    must(await putEntity(world.context, PERSON, { ...ENTITY, fieldConflicts: 'refuse' }));
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      violations: [{ code: 'spoke_ready', data: { missing: ['refuse_conflicts'] } }],
    });
  });
});
