import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Hold } from '@apollo-deploy/domain';
import { holdEntity, liftHold } from '../constraints/hold-entity.js';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';

const ENTITY = 'aria-dev';
const OLD = { replicas: 2 };
const NEW = { replicas: 3 };

async function holdOf(world: EngineWorld): Promise<Hold | undefined> {
  const found = await world.context.store.transact((unit) => unit.holds.ofEntities([ENTITY]));
  return found[0];
}

async function audited(world: EngineWorld, action: string): Promise<readonly object[]> {
  const page = await world.context.store.transact((unit) => unit.audit.list({}, { limit: 200 }));
  return page.items.filter((entry) => entry.action === action).map(({ detail }) => detail);
}

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

/** The upgrade to 1.1.0 with new values has failed and is being rolled back. */
async function rollingBack(): Promise<EngineWorld> {
  const world = await installed();
  await world.entity({ channel: 'dev' }, NEW);
  await world.release('1.1.0');
  await world.settle();
  const bad = { version: '1.1.0', revision: 2, values: NEW, health: 'Degraded' };
  await world.result((await world.lastPlan()).id, failed('unhealthy'), bad);
  await world.settle();
  return world;
}

/** 1.1.0 runs, and the rollback to 1.0.0 that a person asked for by a pin has gone out. */
async function goingBack(): Promise<EngineWorld> {
  const world = await installed();
  await world.release('1.1.0');
  await world.settle();
  await succeeds(world, { version: '1.1.0', revision: 2, values: OLD });
  await world.entity({ version: '1.0.0' }, OLD);
  await world.settle();
  return world;
}

/** As `rollingBack`, and 1.0.0 with the old values is back. */
async function rolledBack(): Promise<EngineWorld> {
  const world = await rollingBack();
  await succeeds(world, { version: '1.0.0', revision: 3, values: OLD });
  return world;
}

describe('a failed upgrade that was rolled back', () => {
  const QUIET = [
    'install 1.0.0 SUCCEEDED',
    'upgrade 1.1.0 ROLLED_BACK',
    'rollback 1.0.0 SUCCEEDED',
  ];
  let world: EngineWorld;
  beforeEach(async () => {
    world = await rolledBack();
  });

  it('holds its entity there, and does not loop over ten more evaluations', async () => {
    for (let look = 0; look < 10; look += 1) await world.engine.evaluateAll();
    await world.goTo('2026-01-08T09:00:00.000Z');
    await world.engine.evaluateAll();
    expect(await summary(world)).toEqual(QUIET);
    const rollback = await world.lastPlan();
    expect(await holdOf(world)).toMatchObject({
      fixes: { version: '1.0.0', values: OLD },
      until: 'newer',
      cause: 'rollback',
      by: 'engine',
      planId: rollback.id,
      above: { version: '1.1.0' },
    });
    expect(await world.view()).toMatchObject({
      status: 'held',
      why: `1.0.0 runs as held (1.1.0 is wanted); held: plan ${rollback.id} went back to 1.0.0 (engine, until something newer comes); DELETE /api/v1/holds/${String((await holdOf(world))?.id)} lifts it`,
      target: {
        version: '1.0.0',
        reason: `held: plan ${rollback.id} went back to 1.0.0 (engine, until something newer comes)`,
      },
      hold: { cause: 'rollback' },
    });
  });

  it('is repaired to exactly what is held, values too', async () => {
    await world.goTo('2026-01-05T09:30:00.000Z');
    await world.report({
      [ENTITY]: { version: '1.0.0', revision: 3, values: OLD, missing: 'aria', health: 'Missing' },
    });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'config_update',
      planClass: 'repair',
      state: 'EXECUTING',
      to: { version: '1.0.0' },
      values: OLD,
    });
  });

  it('is left alone for 30 minutes when its repair fails, then for 60', async () => {
    await world.goTo('2026-01-05T09:30:00.000Z');
    const bad = { version: '1.0.0', revision: 3, values: OLD, missing: 'aria', health: 'Missing' };
    await world.report({ [ENTITY]: bad });
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('unhealthy'), bad);
    await world.settle();
    const held = { type: 'config_update', state: 'BLOCKED', to: { version: '1.0.0' } };
    expect(await world.lastPlan()).toMatchObject({
      ...held,
      violations: [{ code: 'automatic_suppression' }],
      recheckAt: '2026-01-05T10:00:00.000Z',
    });
    await world.goTo('2026-01-05T10:00:00.000Z');
    await world.engine.evaluateAll();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING' });
    await world.result((await world.lastPlan()).id, failed('unhealthy'), bad);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      ...held,
      recheckAt: '2026-01-05T11:00:00.000Z',
    });
    expect(await world.plans()).toHaveLength(6);
  });

  it('is brought back when somebody moves it by hand, and its hold stays as it was', async () => {
    const before = await holdOf(world);
    await world.goTo('2026-01-05T09:30:00.000Z');
    await world.report({ [ENTITY]: { version: '1.1.0', revision: 4, values: OLD } });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'rollback',
      planClass: 'repair',
      state: 'EXECUTING',
      to: { version: '1.0.0' },
    });
    await succeeds(world, { version: '1.0.0', revision: 5, values: OLD });
    expect(await holdOf(world)).toEqual(before);
  });

  it('goes on with a version newer than the one that failed', async () => {
    await world.release('1.2.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'upgrade',
      state: 'EXECUTING',
      to: { version: '1.2.0' },
      values: NEW,
    });
    expect(await holdOf(world)).toBeUndefined();
    expect(await audited(world, 'hold.end')).toMatchObject([{ why: 'newer content is wanted' }]);
  });

  it('goes on with other values', async () => {
    await world.entity({ channel: 'dev' }, { replicas: 4 });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'upgrade',
      state: 'EXECUTING',
      to: { version: '1.1.0' },
      values: { replicas: 4 },
    });
  });

  it('is tried again after its back-off when a person lifts the hold', async () => {
    must(await liftHold(world.context, PERSON, (await holdOf(world))?.id ?? ''));
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      to: { version: '1.1.0' },
      state: 'BLOCKED',
      violations: [{ code: 'automatic_suppression' }],
      recheckAt: '2026-01-05T09:30:00.000Z',
    });
  });
});

describe('what a person wants while a rollback executes', () => {
  it.each([
    { name: 'absence', desired: { absent: true } as const, type: 'uninstall', version: undefined },
    { name: 'a version between', desired: { version: '1.0.5' }, type: 'upgrade', version: '1.0.5' },
    { name: 'a range', desired: { range: '<1.1.0' }, type: 'upgrade', version: '1.0.5' },
  ])('is done when it is over: $name', async ({ desired, type, version }) => {
    const world = await rollingBack();
    await world.register('aria', '1.0.5');
    await world.progress((await world.lastPlan()).id, 'claimed');
    await world.goTo('2026-01-05T09:01:00.000Z');
    await world.entity(desired, NEW);
    await succeeds(world, { version: '1.0.0', revision: 3, values: OLD });
    expect(await holdOf(world)).toBeUndefined();
    const last = await world.lastPlan();
    expect(last).toMatchObject({ type, state: 'EXECUTING' });
    expect(last.to?.version).toBe(version);
  });

  it('is held off if it is the change that failed, or what the rollback brings', async () => {
    const world = await rollingBack();
    await world.goTo('2026-01-05T09:01:00.000Z');
    await world.entity({ version: '1.1.0' }, NEW);
    await succeeds(world, { version: '1.0.0', revision: 3, values: OLD });
    expect(await holdOf(world)).toMatchObject({ cause: 'rollback', until: 'newer' });
    expect(await world.view()).toMatchObject({
      status: 'held',
      why: expect.stringContaining('1.0.0 runs as held (1.1.0 is wanted); held: plan'),
    });
  });
});

describe('a rollback that failed', () => {
  let world: EngineWorld;
  beforeEach(async () => {
    world = await rollingBack();
    await world.result((await world.lastPlan()).id, failed('broken'));
    await world.settle();
  });

  it('leaves a hold that forbids everything, and an alarm', async () => {
    const hold = await holdOf(world);
    expect(hold).toMatchObject({ cause: 'rollback_failed', until: 'lifted', by: 'engine' });
    expect(hold).not.toHaveProperty('fixes');
    expect(await audited(world, 'alarm')).toMatchObject([
      { cause: 'rollback_failed', hold: hold?.id },
    ]);
    expect(await world.view()).toMatchObject({ status: 'held' });
  });

  it('lets nothing newer past, and says why in explain, until a person lifts it', async () => {
    await world.release('1.2.0');
    await world.settle();
    const { id } = await world.lastPlan();
    const hold = await holdOf(world);
    expect(must(await world.engine.explain(id))).toMatchObject({
      unmet: [
        {
          code: 'hold',
          message: expect.stringContaining('aria-dev is held: rollback plan'),
          data: { hold: hold?.id, cause: 'rollback_failed' },
        },
      ],
    });
    must(await liftHold(world.context, PERSON, hold?.id ?? ''));
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ to: { version: '1.2.0' }, state: 'EXECUTING' });
  });

  it('is past when a person names other content', async () => {
    await world.entity({ version: '1.2.0' }, NEW);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ to: { version: '1.2.0' }, state: 'EXECUTING' });
    expect(await audited(world, 'hold.end')).toMatchObject([
      { why: 'dev-operator wants other content' },
    ]);
  });
});

describe('a rollback that only a hold wants', () => {
  /** Held at 1.0.0, and somebody else has upgraded to 1.1.0 by hand. */
  async function movedByHand(): Promise<EngineWorld> {
    const world = await installed();
    must(await holdEntity(world.context, PERSON, { entity: ENTITY, until: 'lifted', reason: 'x' }));
    await world.report({ [ENTITY]: { version: '1.1.0', revision: 2, values: OLD } });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', planClass: 'repair' });
    return world;
  }

  /** 1.1.0 came in spite of the hold that its plan was too late for. */
  async function cameTooLate(): Promise<EngineWorld> {
    const world = await installed();
    await world.release('1.1.0');
    await world.settle();
    must(await holdEntity(world.context, PERSON, { entity: ENTITY, until: 'lifted', reason: 'x' }));
    await succeeds(world, { version: '1.1.0', revision: 2, values: OLD });
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', planClass: 'ordinary' });
    return world;
  }

  it.each([
    { name: 'as a repair', build: movedByHand, outcome: 'unhealthy' as const },
    {
      name: 'as a repair, and nothing was touched',
      build: movedByHand,
      outcome: 'refused' as const,
    },
    { name: 'as an ordinary plan', build: cameTooLate, outcome: 'unhealthy' as const },
  ])(
    'and that fails leaves the hold of a rollback that failed: $name',
    async ({ build, outcome }) => {
      const world = await build();
      const rollback = await world.lastPlan();
      await world.result(rollback.id, failed(outcome));
      for (let look = 0; look < 3; look += 1) await world.engine.evaluateAll();
      expect(await world.lastPlan()).toMatchObject({ id: rollback.id, state: 'FAILED' });
      expect(await holdOf(world)).toMatchObject({
        cause: 'rollback_failed',
        until: 'lifted',
        planId: rollback.id,
      });
      expect(await audited(world, 'alarm')).toMatchObject([
        { cause: 'rollback_failed', plan: rollback.id },
      ]);
    },
  );
});

describe('a rollback that a person asked for by a pin', () => {
  let world: EngineWorld;
  beforeEach(async () => {
    world = await goingBack();
    await succeeds(world, { version: '1.0.0', revision: 3, values: OLD });
  });

  it('leaves a hold that says the same as the pin, until it is lifted', async () => {
    expect(await holdOf(world)).toMatchObject({
      fixes: { version: '1.0.0', values: OLD },
      until: 'lifted',
      by: 'dev-operator',
    });
    expect(await world.view()).toMatchObject({ status: 'held', target: { version: '1.0.0' } });
  });

  it('stays back in the channel too, whatever newer comes there, until it is lifted', async () => {
    await world.entity({ channel: 'dev' }, OLD);
    await world.release('1.2.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', state: 'SUCCEEDED' });
    const { status, why } = await world.view();
    const id = String((await holdOf(world))?.id);
    expect({ status, why }).toEqual({
      status: 'held',
      why: expect.stringMatching(new RegExp(`; DELETE /api/v1/holds/${id} lifts it$`)),
    });
    must(await liftHold(world.context, PERSON, (await holdOf(world))?.id ?? ''));
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ to: { version: '1.2.0' }, state: 'EXECUTING' });
  });

  it('is never fought by its own hold: another pin lifts it', async () => {
    await world.entity({ version: '1.2.0' }, OLD);
    await world.settle();
    expect(await holdOf(world)).toBeUndefined();
    expect(await world.lastPlan()).toMatchObject({ to: { version: '1.2.0' }, state: 'EXECUTING' });
  });

  it('keeps its hold when the same pin is said again', async () => {
    await world.entity({ version: '1.0.0' }, OLD);
    await world.settle();
    expect(await holdOf(world)).toBeDefined();
  });
});

describe('what a person wants while a rollback that was asked for executes', () => {
  it.each([
    {
      name: 'another version',
      desired: { version: '1.1.0' },
      values: OLD,
      expected: { type: 'upgrade', state: 'EXECUTING', to: { version: '1.1.0' } },
    },
    {
      name: 'other values',
      desired: { version: '1.0.0' },
      values: NEW,
      expected: { type: 'config_update', state: 'EXECUTING', values: NEW },
    },
    {
      name: 'absence',
      desired: { absent: true } as const,
      values: OLD,
      expected: { type: 'uninstall', state: 'EXECUTING' },
    },
  ])('is done when it is over: $name', async ({ desired, values, expected }) => {
    const world = await goingBack();
    await world.entity(desired, values);
    await succeeds(world, { version: '1.0.0', revision: 3, values: OLD });
    expect(await holdOf(world)).toBeUndefined();
    expect(await world.lastPlan()).toMatchObject(expected);
  });

  it('is held off if it names nothing, as to follow a channel', async () => {
    const world = await goingBack();
    await world.entity({ channel: 'dev' }, OLD);
    await succeeds(world, { version: '1.0.0', revision: 3, values: OLD });
    expect(await holdOf(world)).toMatchObject({ fixes: { version: '1.0.0' }, until: 'lifted' });
    expect(await world.view()).toMatchObject({ status: 'held' });
  });
});

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
      why: `1.0.0 runs as held (1.1.0 is wanted); held: the fair (dev-operator, until it is lifted); DELETE /api/v1/holds/${String((await holdOf(world))?.id)} lifts it`,
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

  it('holds an entity in mid-upgrade where that brings it, and undoes nothing', async () => {
    await world.release('1.1.0');
    await world.settle();
    await world.progress((await world.lastPlan()).id, 'claimed');
    const made = must(await hold('newer'));
    expect(made).not.toHaveProperty('fixes');
    await succeeds(world, { version: '1.1.0', revision: 2, values: OLD });
    expect(await summary(world)).toEqual(['install 1.0.0 SUCCEEDED', 'upgrade 1.1.0 SUCCEEDED']);
    expect(await holdOf(world)).toEqual(made);
    await world.release('1.2.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ to: { version: '1.2.0' }, state: 'EXECUTING' });
  });

  it('holds with an offer that its spoke claims before it hears of that: back in the windows', async () => {
    await world.release('1.1.0');
    await world.settle();
    const made = must(await hold('newer'));
    await world.constraint({
      kind: 'suppression_window',
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-05T10:00:00Z', reason: 'Stocktaking' },
    });
    await succeeds(world, { version: '1.1.0', revision: 2, values: OLD });
    expect(await world.lastPlan()).toMatchObject({
      type: 'rollback',
      planClass: 'ordinary',
      state: 'BLOCKED',
      violations: [{ code: 'suppression_window' }],
    });
    await world.goTo('2026-01-05T10:00:00.000Z');
    await world.engine.evaluateAll();
    await succeeds(world, { version: '1.0.0', revision: 3, values: OLD });
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', state: 'SUCCEEDED' });
    expect(await holdOf(world)).toEqual(made);
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
