import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Plan, planDigest } from '@apollo-deploy/domain';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { putEntity } from '../catalog/put-entity.js';

async function outboxOf(world: EngineWorld): Promise<readonly { type: string; planId: string }[]> {
  const messages = await world.context.store.transact((unit) => unit.outbox.pending(['dev']));
  return messages.map(({ type, planId }) => ({ type, planId }));
}

/** aria 1.0.0 installed by a plan, everything quiet. */
async function installed(world: EngineWorld): Promise<void> {
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
  await world.settle();
}

describe('the orchestration engine', () => {
  let world: EngineWorld;
  beforeEach(async () => {
    world = await EngineWorld.build();
  });

  it('sends an install to the spoke as soon as an entity is wanted there', async () => {
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();

    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ type: 'install', state: 'EXECUTING', phase: 'dispatched' });
    const [offer] = await world.context.store.transact((unit) => unit.outbox.pending(['dev']));
    expect(offer).toMatchObject({
      spoke: 'dev',
      type: 'plan.offer',
      payload: {
        planId: plan.id,
        attempt: 1,
        digest: planDigest(plan.content),
        values: {},
        expiresAt: '2026-01-05T09:02:00.000Z',
      },
    });
  });

  it('tells the spoke when the windows shut, where any apply', async () => {
    // Monday, 09:00: open until 10:00, but for a freeze that begins at 09:01.
    await world.constraint({
      name: 'mornings',
      kind: 'maintenance_window',
      spec: { layer: 'environment', cron: '0 8 * * MON', durationHours: 2 },
    });
    await world.constraint({
      name: 'freeze',
      kind: 'suppression_window',
      spec: { start: '2026-01-05T09:01:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    const [offer] = await world.context.store.transact((unit) => unit.outbox.pending(['dev']));
    expect(offer?.payload).toMatchObject({ windowEnd: '2026-01-05T09:01:00.000Z' });
  });

  it('tells the spoke of no windows where none apply', async () => {
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    const [offer] = await world.context.store.transact((unit) => unit.outbox.pending(['dev']));
    expect(offer?.payload).not.toHaveProperty('windowEnd');
  });

  it('proposes nothing before the spoke has reported, and says so', async () => {
    await world.connect();
    await world.entity();
    await world.settle();
    expect(await world.plans()).toEqual([]);
    expect(await world.view()).toMatchObject({
      status: 'unknown',
      why: 'no report yet from spoke dev about namespace aria',
    });
  });

  it('is quiet after success, however often it looks', async () => {
    await installed(world);
    for (let look = 0; look < 3; look += 1) await world.engine.evaluateAll();
    expect((await world.plans()).map(({ state }) => state)).toEqual(['SUCCEEDED']);
    expect(await world.view()).toMatchObject({
      status: 'up_to_date',
      target: { version: '1.0.0' },
      reported: { stale: false, release: { version: '1.0.0', revision: 1 } },
    });
    expect(await outboxOf(world)).toEqual([]);
  });

  it('upgrades by itself when the channel brings a newer release', async () => {
    await installed(world);
    await world.release('1.1.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'upgrade',
      state: 'EXECUTING',
      from: { version: '1.0.0', revision: 1 },
      to: { version: '1.1.0' },
      reason: 'aria 1.1.0 should run; 1.0.0 does',
    });
  });

  it('updates the configuration when the values change', async () => {
    await installed(world);
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'config_update',
      state: 'EXECUTING',
      values: { replicas: 2 },
    });
  });

  it('repairs what was deleted by hand', async () => {
    await installed(world);
    await world.report({
      'aria-dev': { version: '1.0.0', revision: 1, missing: 'aria', health: 'Missing' },
    });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'config_update', state: 'EXECUTING' });
  });

  it('tells why it repairs now, also of a plan that has waited since before', async () => {
    await installed(world);
    await world.constraint({
      name: 'freeze',
      kind: 'suppression_window',
      spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    const gone = async (missing: string): Promise<Plan> => {
      const seen = { version: '1.0.0', revision: 1, missing, health: 'Missing' };
      await world.report({ 'aria-dev': seen });
      await world.settle();
      return world.lastPlan();
    };
    const { id, reason } = await gone('aria');
    expect(reason).toContain('Deployment aria is gone');
    const after = await gone('worker');
    expect(after.id).toBe(id);
    expect(after.reason).toContain('Deployment worker is gone');
  });

  it('uninstalls what should be absent', async () => {
    await installed(world);
    await world.entity({ absent: true });
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ type: 'uninstall', to: null, values: {} });
    await world.report({});
    await world.result(plan.id, SUCCEEDED);
    await world.settle();
    expect(await world.view()).toMatchObject({
      status: 'up_to_date',
      why: 'it is absent, as desired',
    });
  });

  it('says nothing for certain of a spoke that is away', async () => {
    await installed(world);
    world.clock.advance(45_000);
    expect(await world.view()).toMatchObject({
      status: 'unknown',
      why: 'as last seen at 2026-01-05T09:00:00.000Z: 1.0.0 runs as desired; spoke dev is stale and may have more to say',
      reported: { stale: true },
    });
  });

  it('leaves a newer version alone and says why', async () => {
    await world.connect();
    await world.report({ 'aria-dev': { version: '2.0.0', revision: 3 } });
    await world.entity();
    await world.settle();
    expect(await world.plans()).toEqual([]);
    expect(await world.view()).toMatchObject({
      status: 'declined',
      why: '2.0.0 runs and the target is 1.0.0; a channel or a range alone never goes down: pin the entity to version 1.0.0 to go back to it',
    });
  });

  it('does not decide by a picture from before the verdict', async () => {
    await installed(world);
    await world.release('1.1.0');
    await world.settle();
    await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.1.0', revision: 2 });
    await world.settle();
    expect((await world.plans()).map(({ state }) => state)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });
});

describe('a plan for a spoke that is away', () => {
  it('is BLOCKED with the reason and goes when the spoke is back', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    world.clock.advance(60_000);
    await world.entity();
    await world.settle();
    const blocked = await world.lastPlan();
    expect(blocked.state).toBe('BLOCKED');
    expect(blocked.violations).toEqual([
      {
        code: 'spoke_ready',
        message:
          'spoke dev is stale (last seen 2026-01-05T09:00:00.000Z); the plan goes when it is back',
        data: { spoke: 'dev', presence: 'stale', lastSeenAt: '2026-01-05T09:00:00.000Z' },
      },
    ]);
    expect(await outboxOf(world)).toEqual([]);

    await world.connect();
    await world.settle();
    expect((await world.lastPlan()).violations[0]?.message).toBe(
      'spoke dev has connected and not yet said what runs; the plan goes when it has',
    );
    await world.report({});
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ id: blocked.id, state: 'EXECUTING' });
  });

  it('is replaced, not doubled, when another content is wanted meanwhile', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    world.clock.advance(60_000);
    await world.entity();
    await world.settle();
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await world.settle();
    const [first, second] = await world.plans();
    expect(first).toMatchObject({
      state: 'CANCELLED',
      cancelReason: 'superseded',
      supersededBy: second?.id,
    });
    expect(second).toMatchObject({ state: 'BLOCKED', values: { replicas: 2 } });
  });

  it('is withdrawn when nothing is left to do', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    world.clock.advance(60_000);
    await world.entity();
    await world.settle();
    await world.entity({ absent: true });
    await world.settle();
    expect((await world.plans()).map(({ state }) => state)).toEqual(['CANCELLED']);
  });
});

describe('a failed plan', () => {
  let world: EngineWorld;
  beforeEach(async () => {
    world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
  });

  it('is left alone for half an hour, and the entity says what failed', async () => {
    const { id } = await world.lastPlan();
    await world.result(id, failed('unhealthy'), {
      version: '1.0.0',
      revision: 1,
      health: 'Degraded',
    });
    await world.settle();
    for (let look = 0; look < 10; look += 1) await world.engine.evaluateAll();
    expect(await world.plans()).toMatchObject([
      {
        state: 'FAILED',
        outcome: 'unhealthy',
        message: 'pod aria-1 is in CrashLoopBackOff',
        evidence: { reason: 'CrashLoopBackOff' },
      },
      {
        type: 'config_update',
        state: 'BLOCKED',
        reason: 'aria 1.0.0 runs as desired, is Degraded, and the last plan with it failed',
        violations: [
          {
            code: 'automatic_suppression',
            message: `aria-dev is left alone until 2026-01-05T09:30:00.000Z because of plan ${id} (unhealthy: pod aria-1 is in CrashLoopBackOff); then it is tried again`,
          },
        ],
        recheckAt: '2026-01-05T09:30:00.000Z',
      },
    ]);
    expect(await world.view()).toMatchObject({
      status: 'suppressed',
      why: expect.stringContaining('pod aria-1 is in CrashLoopBackOff'),
    });
  });

  it('is tried again when a person asks, and then left alone again', async () => {
    await world.result((await world.lastPlan()).id, failed('refused'));
    await world.settle();
    must(await world.engine.evaluate(PERSON, 'aria-dev', { force: true }));
    const again = await world.lastPlan();
    expect(again).toMatchObject({ state: 'EXECUTING', attempt: 2 });
    await world.result(again.id, failed('refused'));
    await world.settle();
    expect((await world.plans()).map(({ state }) => state)).toEqual([
      'FAILED',
      'FAILED',
      'BLOCKED',
    ]);
  });

  it('is tried again when a person asks, although it runs as desired and is only ill', async () => {
    await world.result((await world.lastPlan()).id, failed('unhealthy'), {
      version: '1.0.0',
      revision: 1,
      health: 'Degraded',
    });
    await world.settle();
    must(await world.engine.evaluate(PERSON, 'aria-dev', { force: true }));
    expect(await world.lastPlan()).toMatchObject({
      type: 'config_update',
      state: 'EXECUTING',
      attempt: 2,
    });
  });

  it('is tried again when the content changes', async () => {
    await world.result((await world.lastPlan()).id, failed('refused'));
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', attempt: 1 });
  });

  it('is retried once by itself when the spoke died in the middle, and once only', async () => {
    await world.result((await world.lastPlan()).id, failed('broken', true), {
      version: '1.0.0',
      revision: 1,
      status: 'failed',
      health: 'Missing',
    });
    await world.settle();
    const retry = await world.lastPlan();
    expect(retry).toMatchObject({ type: 'install', state: 'EXECUTING', attempt: 2 });
    await world.result(retry.id, failed('broken', true));
    await world.settle();
    expect((await world.plans()).map(({ state }) => state)).toEqual([
      'FAILED',
      'FAILED',
      'BLOCKED',
    ]);
    expect(await world.view()).toMatchObject({ status: 'suppressed' });
  });

  it('is forgotten when the same content succeeds later', async () => {
    await world.result((await world.lastPlan()).id, failed('refused'));
    must(await world.engine.evaluate(PERSON, 'aria-dev', { force: true }));
    await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.report({});
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', attempt: 1 });
  });
});

describe('a declined offer', () => {
  it.each(['expired', 'base_moved', 'interrupted'] as const)(
    'is CANCELLED as %s, without penalty, and proposed anew at once',
    async (reason) => {
      const world = await EngineWorld.build();
      await world.connect();
      await world.report({});
      await world.entity();
      await world.settle();
      const first = await world.lastPlan();
      await world.result(first.id, { verdict: 'declined', reason, message: reason, evidence: {} });
      await world.settle();
      expect((await world.plans()).map(({ state, attempt }) => [state, attempt])).toEqual([
        ['CANCELLED', 1],
        ['EXECUTING', 1],
      ]);
      expect(await outboxOf(world)).toEqual([
        { type: 'plan.offer', planId: (await world.lastPlan()).id },
      ]);
    },
  );
});

describe('an offer that comes back again and again', () => {
  it('waits for a person after the fifth time in a row, and says why', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    for (let time = 0; time < 8; time += 1) {
      await world.settle();
      const { id, state } = await world.lastPlan();
      if (state !== 'EXECUTING') break;
      const message = 'the offer had expired by the clock of the spoke';
      await world.result(id, { verdict: 'declined', reason: 'expired', message, evidence: {} });
    }
    expect(await world.plans()).toHaveLength(5);
    expect((await world.view()).why).toContain(
      'came back from its spoke 5 times in a row, the last time because the offer had expired by the clock of the spoke',
    );
  });
});

describe('an environment', () => {
  it('where a person starts plans keeps them PENDING until then', async () => {
    const world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan.state).toBe('PENDING');
    must(await world.engine.executePlan(PERSON, plan.id));
    expect(await world.lastPlan()).toMatchObject({ id: plan.id, state: 'EXECUTING' });
    expect(await world.engine.executePlan(PERSON, plan.id)).toMatchObject({
      ok: false,
      error: { code: 'plan/illegal_transition' },
    });
  });

  it('executes no more plans at once than it allows', async () => {
    const world = await EngineWorld.build({ maxConcurrent: 1 });
    await world.connect();
    await world.report({});
    await world.entity({ channel: 'dev' }, {}, 'aria-dev');
    await world.entity({ channel: 'dev' }, {}, 'aria-two');
    await world.settle();
    const states = (await world.plans()).map(({ entity, state }) => [entity, state]);
    expect(states.sort()).toEqual([
      ['aria-dev', 'EXECUTING'],
      ['aria-two', 'BLOCKED'],
    ]);

    const [first] = await world.plans();
    await world.result(first?.id ?? '', SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    expect((await world.plans()).map(({ entity, state }) => [entity, state]).sort()).toEqual([
      ['aria-dev', 'SUCCEEDED'],
      ['aria-two', 'EXECUTING'],
    ]);
  });
});

describe('a crash of the hub', () => {
  it('between proposal and dispatch is made good at the next start', async () => {
    const world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await world.context.store.transact(async (unit) => {
      const environment = await unit.environments.get('dev');
      if (environment !== undefined) {
        await unit.environments.save({ ...environment, execution: 'automatic' });
      }
    });
    await world.engine.recover({ everything: true });
    await world.settle();
    expect((await world.lastPlan()).state).toBe('EXECUTING');
  });

  it('loses no mark: a batch whose transaction fails is taken again', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    const crash = world.context.store.transact(async (unit) => {
      await unit.dirty.take(10);
      throw new Error('killed');
    });
    await expect(crash).rejects.toThrow('killed');
    await world.settle();
    expect((await world.lastPlan()).state).toBe('EXECUTING');
  });
});

describe('evaluating', () => {
  it('an entity whose stored data contradicts itself does not hold up the others', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    for (const name of ['broken', 'sound']) await world.entity({ channel: 'dev' }, {}, name);
    await world.context.store.transact(async (unit) => {
      const broken = await unit.entities.get('broken');
      if (broken !== undefined) await unit.entities.save({ ...broken, desired: { range: '>>1' } });
    });
    await world.settle();
    expect((await world.plans()).map(({ entity }) => entity)).toEqual(['sound']);
    expect(world.bugs).toEqual(['broken']);
  });

  it('an entity that does not exist is refused by name', async () => {
    const world = await EngineWorld.build();
    expect(await world.engine.evaluate(PERSON, 'nobody')).toMatchObject({
      ok: false,
      error: { code: 'catalog/entity_not_found', field: 'entity' },
    });
  });

  it('everything answers with what was proposed, blocked and left alone', async () => {
    const world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({ two: { version: '1.0.0', revision: 1 } });
    for (const name of ['one', 'two', 'three']) await world.entity({ channel: 'dev' }, {}, name);
    const summary = await world.engine.evaluateAll();
    expect(summary).toMatchObject({ evaluated: 3, blocked: [], unchanged: 1 });
    expect(summary.proposed).toHaveLength(2);
  });
});

describe('an entity', () => {
  it('is replaced only by somebody who saw its newest version', async () => {
    const world = await EngineWorld.build();
    await world.entity();
    const put = (expectedVersion: number): ReturnType<typeof putEntity> =>
      putEntity(world.context, PERSON, {
        name: 'aria-dev',
        spoke: 'dev',
        product: 'aria',
        desired: { version: '1.1.0' },
        expectedVersion,
      });
    expect(await put(2)).toMatchObject({ ok: false, error: { code: 'catalog/version_conflict' } });
    expect(await put(1)).toMatchObject({ ok: true, value: { created: false } });
    expect(await put(1)).toMatchObject({ ok: false, error: { code: 'catalog/version_conflict' } });
  });

  it('never moves to another release', async () => {
    const world = await EngineWorld.build();
    await world.entity();
    const moved = await putEntity(world.context, PERSON, {
      name: 'aria-dev',
      spoke: 'dev',
      product: 'aria',
      namespace: 'elsewhere',
      desired: { channel: 'dev' },
    });
    expect(moved).toMatchObject({
      ok: false,
      error: { code: 'catalog/entity_moved', field: 'namespace' },
    });
  });
});
