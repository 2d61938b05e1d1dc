import { beforeEach, describe, expect, it } from '@jest/globals';
import { holdEntity, liftHold } from '../constraints/hold-entity.js';
import { EngineWorld, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';

const ENTITY = 'aria-dev';
const OLD = { replicas: 2 };

async function summary(world: EngineWorld): Promise<readonly string[]> {
  return (await world.plans()).map(
    ({ type, to, state }) => `${type} ${to?.version ?? ''} ${state}`,
  );
}

/** 1.0.0 runs with the old values, brought by a plan. */
async function installed(): Promise<EngineWorld> {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity({ channel: 'dev' }, OLD);
  await world.settle();
  await succeeds(world, { version: '1.0.0', revision: 1, values: OLD });
  await world.register('aria', '1.2.0');
  return world;
}

async function succeeds(
  world: EngineWorld,
  seen: Parameters<EngineWorld['result']>[2],
): Promise<void> {
  await world.result((await world.lastPlan()).id, SUCCEEDED, seen);
  await world.settle();
}

describe('a person', () => {
  let world: EngineWorld;
  beforeEach(async () => {
    world = await installed();
  });
  const hold = (until: 'newer' | 'lifted'): ReturnType<typeof holdEntity> =>
    holdEntity(world.context, PERSON, { entity: ENTITY, until, reason: 'the fair' });

  it.each([
    { until: 'newer' as const, above: { version: '1.0.0' } },
    { until: 'lifted' as const, above: undefined },
  ])('holds an entity at what runs ($until)', async ({ until, above }) => {
    const made = must(await hold(until));
    expect(made).toMatchObject({
      fixes: { version: '1.0.0', values: OLD },
      until,
      reason: 'the fair',
      cause: 'person',
      by: 'dev-operator',
    });
    expect(made.above).toEqual(above === undefined ? undefined : expect.objectContaining(above));
  });

  it('holds until lifted, whatever newer comes', async () => {
    must(await hold('lifted'));
    await world.release('1.1.0');
    await world.settle();
    expect(await summary(world)).toEqual(['install 1.0.0 SUCCEEDED']);
    expect(await world.view()).toMatchObject({
      status: 'held',
      why: '1.0.0 runs as desired; held: the fair (dev-operator, until it is lifted)',
    });
  });

  it('holds until newer content than the one that waits comes', async () => {
    await world.release('1.1.0');
    await world.settle();
    must(await hold('newer'));
    await world.result((await world.lastPlan()).id, {
      verdict: 'declined',
      reason: 'cancelled',
      message: 'cancelled before Helm began',
      evidence: {},
    });
    await world.settle();
    expect(await summary(world)).toEqual(['install 1.0.0 SUCCEEDED', 'upgrade 1.1.0 CANCELLED']);
    await world.release('1.2.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ to: { version: '1.2.0' }, state: 'EXECUTING' });
  });

  it('takes an offer back that no spoke has claimed, by holding', async () => {
    await world.release('1.1.0');
    await world.settle();
    const { id } = await world.lastPlan();
    must(await hold('lifted'));
    expect(await world.outbox()).toContainEqual({ type: 'plan.cancel', planId: id });
  });

  it('holds what is repaired while it is held', async () => {
    must(await hold('lifted'));
    await world.entity({ channel: 'dev' }, OLD);
    await world.report({
      [ENTITY]: { version: '1.0.0', revision: 1, values: OLD, missing: 'aria', health: 'Missing' },
    });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'config_update', state: 'EXECUTING' });
  });

  it('cannot hold an entity twice, nor one that is not there', async () => {
    const first = must(await hold('lifted'));
    expect(await hold('newer')).toMatchObject({
      ok: false,
      error: { code: 'catalog/already_exists', data: { hold: first.id } },
    });
    const input = { entity: 'nobody', until: 'lifted', reason: 'the fair' } as const;
    expect(await holdEntity(world.context, PERSON, input)).toMatchObject({
      ok: false,
      error: { code: 'catalog/entity_not_found', field: 'entity' },
    });
    must(await liftHold(world.context, PERSON, first.id));
    expect(await liftHold(world.context, PERSON, first.id)).toMatchObject({
      ok: false,
      error: { code: 'hold/not_found' },
    });
  });

  it('holds what Apollo cannot restore by only forbidding', async () => {
    await world.report({ [ENTITY]: { version: '1.0.0', revision: 2, values: { by: 'hand' } } });
    const made = must(await hold('lifted'));
    expect(made).not.toHaveProperty('fixes');
    await world.release('1.1.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      violations: [
        { code: 'hold', message: 'aria-dev is held: the fair (dev-operator, until it is lifted)' },
      ],
    });
  });
});
