import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Baseline, Environment, Plan, RollbackDemand } from '@apollo-deploy/domain';
import { type NewConstraint, removeConstraint } from '../constraints/add-constraint.js';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { resolvePlan } from './resolve-plan.js';

const OLD = { version: '1.0.0', revision: 1 };
const BAD = { version: '1.1.0', revision: 2, health: 'Degraded' };
const BACK = { version: '1.0.0', revision: 3 };

/** 1.0.0 SUCCEEDED with these values, and the upgrade to 1.1.0 has gone out. */
async function upgrading(environment: Partial<Environment> = {}): Promise<EngineWorld> {
  const world = await EngineWorld.build(environment);
  await world.connect();
  await world.report({});
  await world.entity({ channel: 'dev' }, { replicas: 2 });
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, { ...OLD, values: { replicas: 2 } });
  await world.release('1.1.0');
  await world.entity({ channel: 'dev' }, { replicas: 3 });
  await world.settle();
  return world;
}

/** As `upgrading`, and the upgrade has failed so, leaving this. */
async function failedUpgrade(
  outcome: 'refused' | 'unhealthy' | 'broken' = 'unhealthy',
  environment: Partial<Environment> = {},
): Promise<EngineWorld> {
  const world = await upgrading(environment);
  const { id } = await world.lastPlan();
  await world.result(id, failed(outcome), { ...BAD, values: { replicas: 3 } });
  return world;
}

function freeze(hard: boolean): NewConstraint {
  const reason = 'Stocktaking';
  const spec = { start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason, hard };
  return { name: 'freeze', kind: 'suppression_window', spec };
}

/** The plans that have gone out to the spoke. */
async function executed(world: EngineWorld): Promise<readonly Plan[]> {
  return (await world.plans()).filter(({ startedAt }) => startedAt !== undefined);
}

async function summary(world: EngineWorld): Promise<readonly (readonly [string, string])[]> {
  return (await executed(world)).map(({ type, state }) => [type, state] as const);
}

function demandsOf(world: EngineWorld): Promise<readonly RollbackDemand[]> {
  return world.context.store.transact((unit) => unit.rollbackDemands.ofEntities(['aria-dev']));
}

function baselinesOf(world: EngineWorld): Promise<readonly Baseline[]> {
  return world.context.store.transact((unit) => unit.baselines.ofEntities(['aria-dev']));
}

async function audited(world: EngineWorld, action: string): Promise<readonly object[]> {
  const page = await world.context.store.transact((unit) => unit.audit.list({}, { limit: 200 }));
  return page.items.filter((entry) => entry.action === action).map(({ detail }) => detail);
}

describe('an upgrade that failed', () => {
  it('is rolled back to exactly what succeeded before, and is then ROLLED_BACK', async () => {
    const world = await failedUpgrade();
    await world.settle();
    const [, upgrade, rollback] = await world.plans();
    expect(rollback).toMatchObject({
      type: 'rollback',
      planClass: 'automatic_rollback',
      state: 'EXECUTING',
      values: { replicas: 2 },
      from: { version: '1.1.0', revision: 2 },
      to: { version: '1.0.0' },
      rollbackOf: upgrade?.id,
      reason: `plan ${String(upgrade?.id)} (upgrade) failed (unhealthy): pod aria-1 is in CrashLoopBackOff; aria goes back to 1.0.0`,
    });

    await world.result(rollback?.id ?? '', SUCCEEDED, { ...BACK, values: { replicas: 2 } });
    await world.settle();
    expect(await summary(world)).toEqual([
      ['install', 'SUCCEEDED'],
      ['upgrade', 'ROLLED_BACK'],
      ['rollback', 'SUCCEEDED'],
    ]);
    expect((await world.plans())[1]).toMatchObject({
      outcome: 'unhealthy',
      rolledBackBy: rollback?.id,
    });
    expect(await demandsOf(world)).toEqual([]);
    expect(await baselinesOf(world)).toMatchObject([{ planId: rollback?.id, version: '1.0.0' }]);
    expect(await audited(world, 'plan.roll_back')).toEqual([
      { state: 'ROLLED_BACK', rolledBackBy: rollback?.id },
    ]);
  });

  it('does not loop: it is not proposed again after its rollback, however often one looks', async () => {
    const world = await failedUpgrade();
    await world.settle();
    const rollback = await world.lastPlan();
    await world.result(rollback.id, SUCCEEDED, { ...BACK, values: { replicas: 2 } });
    for (let look = 0; look < 10; look += 1) await world.engine.evaluateAll();
    expect(await executed(world)).toHaveLength(3);
  });

  it('says in the offer which plan is rolled back, with its content', async () => {
    const world = await failedUpgrade();
    await world.settle();
    const [, upgrade] = await world.plans();
    const [message] = await world.context.store.transact((unit) => unit.outbox.pending(['dev']));
    expect(message?.payload).toMatchObject({
      rollbackOf: { planId: upgrade?.id, content: upgrade?.content },
    });
    expect(message?.payload).not.toHaveProperty('repairOf');
  });

  it('part-way is rolled back too', async () => {
    const world = await failedUpgrade('broken');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
  });

  it('because the cluster refused it is not rolled back: nothing was touched', async () => {
    const world = await failedUpgrade('refused');
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect(await executed(world)).toHaveLength(2);
  });

  it('is not rolled back where the environment is set so', async () => {
    const world = await failedUpgrade('unhealthy', { rollbackOnFailure: false });
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect(await executed(world)).toHaveLength(2);
  });

  it('by a person who says that it did is rolled back', async () => {
    const world = await upgrading();
    const { id } = await world.lastPlan();
    await world.result(id, { verdict: 'unknown', message: 'who knows', evidence: {} });
    must(await resolvePlan(world.context, PERSON, id, 'FAILED', 'it is broken'));
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', rollbackOf: id });
  });

  it('in the middle is retried once before it is rolled back', async () => {
    const world = await upgrading();
    const half = { ...BAD, values: { replicas: 3 }, status: 'failed' };
    await world.result((await world.lastPlan()).id, failed('broken', true), half);
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect(await world.lastPlan()).toMatchObject({ type: 'config_update', attempt: 2 });
    await world.result((await world.lastPlan()).id, failed('broken', true), half);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
  });

  it('is rolled back although the hub was killed before it could evaluate that', async () => {
    const world = await failedUpgrade();
    const killed = world.context.store.transact(async (unit) => {
      await unit.dirty.take(10);
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await demandsOf(world)).toMatchObject([{ to: { version: '1.0.0' } }]);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
  });

  it('is rolled back even if a still newer version has come meanwhile', async () => {
    const world = await failedUpgrade();
    await world.register('aria', '1.2.0');
    await world.release('1.2.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
    await world.result((await world.lastPlan()).id, SUCCEEDED, {
      ...BACK,
      values: { replicas: 2 },
    });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'upgrade', to: { version: '1.2.0' } });
  });

  it('is rolled back without a person where people start plans', async () => {
    const world = await EngineWorld.build({ execution: 'manual' });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    const install = await world.lastPlan();
    must(await world.engine.executePlan(PERSON, install.id));
    await world.result(install.id, SUCCEEDED, OLD);
    await world.release('1.1.0');
    await world.settle();
    const upgrade = await world.lastPlan();
    expect(must(await world.engine.explain(upgrade.id)).manual).toBe(true);
    must(await world.engine.executePlan(PERSON, upgrade.id));
    await world.result(upgrade.id, failed('unhealthy'), BAD);
    await world.settle();
    const rollback = await world.lastPlan();
    expect(rollback).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    expect(must(await world.engine.explain(rollback.id)).manual).toBe(false);
  });

  it('is not rolled back once its release is gone, and the demand goes with it', async () => {
    const world = await failedUpgrade();
    await world.report({});
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect((await world.plans()).map(({ type }) => type)).not.toContain('rollback');
    expect(await audited(world, 'rollback.drop')).toEqual([
      { to: '1.0.0', reason: 'the release is not there any more' },
    ]);
  });
});

describe('an upgrade off a recalled release that failed', () => {
  /** 1.0.0 and then 1.1.0 SUCCEEDED, these are recalled, and the upgrade to 1.2.0 has failed. */
  async function failedRollOff(range: string): Promise<EngineWorld> {
    const world = await upgrading();
    const values = { replicas: 3 };
    await world.result((await world.lastPlan()).id, SUCCEEDED, {
      version: '1.1.0',
      revision: 2,
      values,
    });
    await world.register('aria', '1.2.0');
    await world.recall(range);
    await world.release('1.2.0');
    await world.settle();
    const upgrade = await world.lastPlan();
    expect(upgrade).toMatchObject({ planClass: 'roll_off', state: 'EXECUTING' });
    const bad = { version: '1.2.0', revision: 3, values, health: 'Degraded' };
    await world.result(upgrade.id, failed('unhealthy'), bad);
    return world;
  }

  it('goes back to the newest that succeeded and is not recalled', async () => {
    const world = await failedRollOff('1.1.0');
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      planClass: 'automatic_rollback',
      state: 'EXECUTING',
      to: { version: '1.0.0' },
      values: { replicas: 2 },
    });
  });

  it('owes a rollback where all before it is recalled, with an alarm, as if recalled since', async () => {
    const world = await failedRollOff('<=1.1.0');
    await world.settle();
    const [, , upgrade] = await executed(world);
    expect(await demandsOf(world)).toMatchObject([
      { because: upgrade?.id, to: { version: '1.1.0' } },
    ]);
    expect(await world.lastPlan()).toMatchObject({
      type: 'rollback',
      state: 'BLOCKED',
      to: { version: '1.1.0' },
      violations: [{ code: 'recall' }],
    });
    expect(await audited(world, 'alarm')).toEqual([
      {
        cause: 'no_way_back',
        plan: upgrade?.id,
        reason: `plan ${String(upgrade?.id)} failed and all that succeeded before it is recalled; withdraw a recall, name another version that is to run, or evaluate with force to try what is desired`,
      },
    ]);
  });

  it('goes on with a newer one that a person names, where all before it is recalled', async () => {
    const world = await failedRollOff('<=1.1.0');
    await world.register('aria', '1.2.1');
    await world.entity({ version: '1.2.1' }, { replicas: 3 });
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect(await world.lastPlan()).toMatchObject({ state: 'EXECUTING', to: { version: '1.2.1' } });
  });
});

describe('an automatic rollback that has not gone out', () => {
  async function waiting(): Promise<EngineWorld> {
    const world = await failedUpgrade();
    await world.register('aria', '1.2.0');
    await world.constraint({
      kind: 'suppression_window',
      spec: {
        start: '2026-01-05T00:00:00Z',
        end: '2026-01-05T09:10:00Z',
        reason: 'Stocktaking',
        hard: true,
      },
    });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', state: 'BLOCKED' });
    return world;
  }

  it.each([
    { name: 'another version', desired: { version: '1.2.0' }, values: { replicas: 3 } },
    { name: 'other values', desired: { channel: 'dev' }, values: { replicas: 4 } },
  ])('is given up when a person names $name', async ({ desired, values }) => {
    const world = await waiting();
    const { id } = await world.lastPlan();
    await world.entity(desired, values);
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect(await world.planOf(id)).toMatchObject({
      state: 'CANCELLED',
      cancelReason: 'superseded',
    });
    expect(await world.lastPlan()).toMatchObject({ state: 'BLOCKED', values });
    expect(await audited(world, 'rollback.drop')).toEqual([
      { to: '1.0.0', reason: 'dev-operator wants other content' },
    ]);
  });

  it('is still demanded when a person names what it brings', async () => {
    const world = await waiting();
    await world.entity({ version: '1.0.0' }, { replicas: 2 });
    await world.settle();
    expect(await demandsOf(world)).toMatchObject([{ to: { version: '1.0.0' } }]);
  });

  it('goes on when a person names other content once it is on its way', async () => {
    const world = await failedUpgrade();
    await world.settle();
    await world.entity({ channel: 'dev' }, { replicas: 4 });
    await world.settle();
    expect(await demandsOf(world)).toHaveLength(1);
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
  });
});

describe('a change that failed', () => {
  it('in its values alone goes back to the values before, at the same version', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await world.result((await world.lastPlan()).id, SUCCEEDED, OLD);
    await world.entity({ channel: 'dev' }, { replicas: -1 });
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('unhealthy'), {
      ...OLD,
      revision: 2,
      values: { replicas: -1 },
    });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      type: 'rollback',
      values: {},
      from: { version: '1.0.0' },
      to: { version: '1.0.0' },
    });
  });

  it('to restore what succeeded last has nothing to go back to', async () => {
    const world = await upgrading();
    const runs = { version: '1.1.0', revision: 2, values: { replicas: 3 } };
    await world.result((await world.lastPlan()).id, SUCCEEDED, runs);
    await world.report({ 'aria-dev': { ...runs, missing: 'aria', health: 'Missing' } });
    await world.settle();
    const repair = await world.lastPlan();
    expect(repair).toMatchObject({ type: 'config_update', planClass: 'repair' });
    expect(repair.repairOf).toBe((await world.plans())[1]?.id);
    await world.result(repair.id, failed('unhealthy'), {
      ...runs,
      revision: 3,
      health: 'Degraded',
    });
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect((await executed(world)).at(-1)).toMatchObject({ id: repair.id, state: 'FAILED' });
    expect((await world.plans()).map(({ type }) => type)).not.toContain('rollback');
  });

  it('as a first install is left for people to look at', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('unhealthy'), {
      ...OLD,
      health: 'Degraded',
    });
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect(await executed(world)).toHaveLength(1);
  });
});

describe('a rollback', () => {
  let world: EngineWorld;
  let rollback: Plan;
  beforeEach(async () => {
    world = await failedUpgrade();
    await world.settle();
    rollback = await world.lastPlan();
  });

  it('that fails begets no other, and what failed first stays FAILED', async () => {
    await world.result(rollback.id, failed('unhealthy'), { ...BACK, health: 'Degraded' });
    for (let look = 0; look < 10; look += 1) await world.engine.evaluateAll();
    await world.settle();
    expect(await summary(world)).toEqual([
      ['install', 'SUCCEEDED'],
      ['upgrade', 'FAILED'],
      ['rollback', 'FAILED'],
    ]);
    expect(await demandsOf(world)).toEqual([]);
  });

  it('whose spoke died in the middle is retried once', async () => {
    await world.result(rollback.id, failed('broken', true), { ...BACK, status: 'failed' });
    await world.settle();
    const retry = await world.lastPlan();
    expect(retry).toMatchObject({ type: 'rollback', attempt: 2, rollbackOf: rollback.rollbackOf });
    await world.result(retry.id, failed('broken', true), { ...BACK, status: 'failed' });
    await world.settle();
    expect((await world.plans()).filter(({ type }) => type === 'rollback')).toHaveLength(2);
    expect(await demandsOf(world)).toEqual([]);
  });

  it('has that retry although its content had failed before, for another reason', async () => {
    const other = await EngineWorld.build();
    await other.connect();
    await other.report({});
    await other.entity();
    await other.settle();
    await other.result((await other.lastPlan()).id, SUCCEEDED, OLD);
    const ill = { ...OLD, missing: 'aria', health: 'Missing' };
    await other.report({ 'aria-dev': ill });
    await other.settle();
    await other.result((await other.lastPlan()).id, failed('unhealthy'), ill);
    await other.release('1.1.0');
    await other.settle();
    await other.result((await other.lastPlan()).id, failed('unhealthy'), BAD);
    await other.settle();
    expect(await other.lastPlan()).toMatchObject({ type: 'rollback', attempt: 2 });
    await other.result((await other.lastPlan()).id, failed('broken', true), {
      ...BACK,
      status: 'failed',
    });
    await other.settle();
    expect(await other.lastPlan()).toMatchObject({
      type: 'rollback',
      state: 'EXECUTING',
      attempt: 3,
    });
    await other.result((await other.lastPlan()).id, failed('broken', true), {
      ...BACK,
      status: 'failed',
    });
    await other.settle();
    expect(await demandsOf(other)).toEqual([]);
    expect((await other.plans()).filter(({ type }) => type === 'rollback')).toHaveLength(2);
  });

  it.each(['expired', 'base_moved', 'interrupted'] as const)(
    'that comes back untouched as %s is demanded still',
    async (reason) => {
      const declined = { verdict: 'declined', reason, message: reason, evidence: {} } as const;
      await world.result(rollback.id, declined);
      await world.settle();
      const again = await world.lastPlan();
      expect(again).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
      expect(again.id).not.toBe(rollback.id);
    },
  );

  it('that comes back without end is given up', async () => {
    const declined = {
      verdict: 'declined',
      reason: 'expired',
      message: 'late',
      evidence: {},
    } as const;
    for (let time = 0; time < 8; time += 1) {
      const { id, state } = await world.lastPlan();
      if (state !== 'EXECUTING') break;
      await world.result(id, declined);
      await world.settle();
    }
    expect((await world.plans()).filter(({ type }) => type === 'rollback')).toHaveLength(5);
    expect(await demandsOf(world)).toEqual([]);
  });

  it.each([
    { name: 'stays out in an ordinary freeze', hard: false, found: 0 },
    { name: 'is taken back by a hard freeze', hard: true, found: 1 },
  ])('that nobody has claimed $name', async ({ hard, found }) => {
    await world.constraint(freeze(hard));
    const back = (await world.outbox()).filter(({ type }) => type === 'plan.cancel');
    expect(back).toHaveLength(found);
  });

  it('that the hub takes back again and again is demanded still', async () => {
    const declined = {
      verdict: 'declined',
      reason: 'cancelled',
      message: 'taken back',
      evidence: {},
    } as const;
    for (let time = 0; time < 6; time += 1) {
      const { id } = await world.constraint(freeze(true));
      await world.result((await world.lastPlan()).id, declined);
      must(await removeConstraint(world.context, PERSON, id));
      await world.settle();
    }
    expect(await demandsOf(world)).toHaveLength(1);
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
  });

  it('that a person stopped is not demanded any more', async () => {
    must(await world.engine.cancelPlan(PERSON, rollback.id, 'I look at it'));
    const stopped = {
      verdict: 'declined',
      reason: 'cancelled',
      message: 'stopped',
      evidence: {},
    } as const;
    await world.result(rollback.id, stopped);
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect((await executed(world)).at(-1)).toMatchObject({ id: rollback.id, state: 'CANCELLED' });
    expect(await audited(world, 'rollback.drop')).toEqual([
      { to: '1.0.0', reason: `dev-operator cancelled plan ${rollback.id}` },
    ]);
  });
});

describe('a rollback that waits for its spoke', () => {
  it('is not demanded any more when a person cancels it', async () => {
    const world = await failedUpgrade();
    world.clock.advance(60_000);
    await world.settle();
    const waiting = await world.lastPlan();
    expect(waiting).toMatchObject({ type: 'rollback', state: 'BLOCKED' });
    must(await world.engine.cancelPlan(PERSON, waiting.id, 'leave it'));
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    const rollbacks = (await world.plans()).filter(({ type }) => type === 'rollback');
    expect(rollbacks).toMatchObject([{ id: waiting.id, state: 'CANCELLED' }]);
  });

  it('is made anew for what runs then, if that moved meanwhile', async () => {
    const world = await failedUpgrade();
    world.clock.advance(60_000);
    await world.settle();
    const waiting = await world.lastPlan();
    await world.connect();
    await world.report({ 'aria-dev': { ...BAD, revision: 3, values: { replicas: 3 } } });
    await world.settle();
    const [before, now] = (await world.plans()).slice(-2);
    expect(before).toMatchObject({
      id: waiting.id,
      state: 'CANCELLED',
      cancelReason: 'superseded',
    });
    expect(now).toMatchObject({ type: 'rollback', state: 'EXECUTING', from: { revision: 3 } });
  });
});

describe('going back on request', () => {
  /** 1.1.0 SUCCEEDED after 1.0.0 did. */
  async function upgraded(): Promise<EngineWorld> {
    const world = await upgrading();
    const runs = { version: '1.1.0', revision: 2, values: { replicas: 3 } };
    await world.result((await world.lastPlan()).id, SUCCEEDED, runs);
    await world.settle();
    return world;
  }

  it('is a rollback to the version that a person pinned, with the values of now, held afterwards', async () => {
    const world = await upgraded();
    const [, upgrade] = await world.plans();
    await world.entity({ version: '1.0.0' }, { replicas: 3 });
    await world.settle();
    const back = await world.lastPlan();
    expect(back).toMatchObject({
      type: 'rollback',
      planClass: 'ordinary',
      state: 'EXECUTING',
      values: { replicas: 3 },
      to: { version: '1.0.0' },
      rollbackOf: upgrade?.id,
    });
    await world.result(back.id, SUCCEEDED, { ...BACK, values: { replicas: 3 } });
    await world.settle();
    expect((await world.plans())[1]).toMatchObject({ state: 'SUCCEEDED', rolledBackBy: back.id });
    expect(await world.plans()).toHaveLength(3);
    expect(await world.view()).toMatchObject({ status: 'held' });
  });

  it('begets no other rollback when it fails', async () => {
    const world = await upgraded();
    await world.entity({ version: '1.0.0' }, { replicas: 3 });
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('unhealthy'), {
      ...BACK,
      values: { replicas: 3 },
      health: 'Degraded',
    });
    for (let look = 0; look < 10; look += 1) await world.engine.evaluateAll();
    await world.settle();
    expect(await demandsOf(world)).toEqual([]);
    expect(await summary(world)).toEqual([
      ['install', 'SUCCEEDED'],
      ['upgrade', 'SUCCEEDED'],
      ['rollback', 'FAILED'],
    ]);
    expect(await world.view()).toMatchObject({ hold: { cause: 'rollback_failed' } });
  });

  it.each([{ range: '1.0.x' }, { range: '<1.1.0' }])(
    'is nothing that $range alone does',
    async (desired) => {
      const world = await upgraded();
      await world.entity(desired, { replicas: 3 });
      await world.settle();
      expect(await world.plans()).toHaveLength(2);
      expect((await world.view()).why).toBe(
        '1.1.0 runs and the target is 1.0.0; a channel or a range alone never goes down: pin the entity to version 1.0.0 to go back to it',
      );
    },
  );
});

describe('an uninstall', () => {
  it('leaves nothing to go back to', async () => {
    const world = await failedUpgrade('refused');
    expect(await baselinesOf(world)).toHaveLength(1);
    await world.entity({ absent: true }, { replicas: 2 });
    await world.settle();
    await world.report({});
    await world.result((await world.lastPlan()).id, SUCCEEDED);
    expect(await baselinesOf(world)).toEqual([]);
    await world.entity({ version: '1.0.0' }, { replicas: 2 });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'install', planClass: 'ordinary' });
  });
});
