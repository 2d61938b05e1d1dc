import { describe, expect, it } from '@jest/globals';
import type { Plan } from '@apollo-deploy/domain';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { withdrawRecall } from '../recalls/withdraw-recall.js';

/** A freeze that holds whatever a plan is for. */
const FREEZE = {
  name: 'freeze',
  kind: 'suppression_window',
  spec: {
    start: '2026-01-05T00:00:00Z',
    end: '2026-01-05T12:00:00Z',
    reason: 'Stocktaking',
    hard: true,
  },
};

function targetTo(version: string, replicas: number): Plan['content']['rollbackTarget'] {
  const chartSha256 = sha256Hex(`aria ${version}`);
  return { version, chartSha256, valuesDigest: jsonDigest({ replicas }) };
}

function payloads(world: EngineWorld): Promise<readonly object[]> {
  return world.context.store.transact(async (unit) =>
    (await unit.outbox.pending(['dev'])).map(({ payload }) => payload as object),
  );
}

/** 1.0.0 SUCCEEDED with two replicas, then 1.1.0 with three. */
async function upgraded(): Promise<EngineWorld> {
  const world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity({ channel: 'dev' }, { replicas: 2 });
  await world.settle();
  await succeeds(world, { version: '1.0.0', revision: 1, values: { replicas: 2 } });
  await world.release('1.1.0');
  await world.entity({ channel: 'dev' }, { replicas: 3 });
  await world.settle();
  await succeeds(world, { version: '1.1.0', revision: 2, values: { replicas: 3 } });
  return world;
}

async function succeeds(
  world: EngineWorld,
  seen: Parameters<EngineWorld['result']>[2],
): Promise<void> {
  await world.result((await world.lastPlan()).id, SUCCEEDED, seen);
}

/** As `upgraded`, and the upgrade to 1.2.0 waits for the end of a freeze. */
async function waitingUpgrade(): Promise<EngineWorld> {
  const world = await upgraded();
  await world.constraint(FREEZE);
  await world.register('aria', '1.2.0');
  await world.release('1.2.0');
  await world.settle();
  return world;
}

/** As `upgraded`, and the upgrade to 1.2.0 has gone out. */
async function upgrading(): Promise<EngineWorld> {
  const world = await upgraded();
  await world.register('aria', '1.2.0');
  await world.release('1.2.0');
  await world.settle();
  return world;
}

const BAD = { version: '1.2.0', revision: 3, values: { replicas: 3 }, health: 'Degraded' };

describe('the rollback target of a plan', () => {
  it('is in the content of a change, and not in that of an install', async () => {
    const [install, upgrade] = await (await upgraded()).plans();
    expect(install?.content).not.toHaveProperty('rollbackTarget');
    expect(upgrade?.content.rollbackTarget).toEqual(targetTo('1.0.0', 2));
  });

  it('is none where the environment takes nothing back', async () => {
    const world = await EngineWorld.build({ rollbackOnFailure: false });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    await succeeds(world, { version: '1.0.0', revision: 1 });
    await world.release('1.1.0');
    await world.settle();
    expect((await world.lastPlan()).content).not.toHaveProperty('rollbackTarget');
  });

  it('stays, and the plan with it, however often one looks', async () => {
    const world = await waitingUpgrade();
    const before = await world.plans();
    for (let look = 0; look < 5; look += 1) {
      await world.report({
        'aria-dev': { version: '1.1.0', revision: 2, values: { replicas: 3 } },
      });
      await world.engine.evaluateAll();
      await world.settle();
    }
    expect(await world.plans()).toEqual(before);
  });

  it('that is recalled makes another plan, to what succeeded before it, and back again', async () => {
    const world = await waitingUpgrade();
    const first = await world.lastPlan();
    expect(first.content.rollbackTarget).toEqual(targetTo('1.1.0', 3));

    const { id } = await world.recall('1.1.0');
    await world.settle();
    const second = await world.lastPlan();
    expect(await world.planOf(first.id)).toMatchObject({
      state: 'CANCELLED',
      cancelReason: 'superseded',
      supersededBy: second.id,
    });
    expect(second).toMatchObject({ type: 'upgrade', to: { version: '1.2.0' } });
    expect(second.content.rollbackTarget).toEqual(targetTo('1.0.0', 2));

    must(await withdrawRecall(world.context, PERSON, id));
    await world.settle();
    expect((await world.lastPlan()).digest).toBe(first.digest);
  });

  it('is none where all that succeeded is recalled', async () => {
    const world = await waitingUpgrade();
    await world.recall('<=1.1.0');
    await world.settle();
    expect((await world.lastPlan()).content).not.toHaveProperty('rollbackTarget');
  });

  it('is what ran before Apollo came, once that has been seen to be well', async () => {
    const world = await EngineWorld.build();
    await world.connect();
    const there = { version: '1.0.0', revision: 1, values: { replicas: 2 } };
    await world.report({ 'aria-dev': there });
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await world.settle();
    await world.goTo('2026-01-05T09:11:00.000Z');
    await world.engine.evaluateAll();
    await world.constraint(FREEZE);
    await world.release('1.1.0');
    await world.settle();
    expect((await world.lastPlan()).content.rollbackTarget).toEqual(targetTo('1.0.0', 2));
  });
});

describe('the rollback of a plan that failed', () => {
  it('goes to its rollback target, and shows the spoke the plan whose content names it', async () => {
    const world = await upgrading();
    const upgrade = await world.lastPlan();
    await world.result(upgrade.id, failed('unhealthy'), BAD);
    await world.settle();
    const rollback = await world.lastPlan();
    expect(rollback).toMatchObject({ planClass: 'automatic_rollback', to: { version: '1.1.0' } });
    expect(await payloads(world)).toEqual([
      expect.objectContaining({
        planId: rollback.id,
        rollbackOf: { planId: upgrade.id, content: upgrade.content, digest: upgrade.digest },
      }),
    ]);
  });

  it('goes to its rollback target even if something newer is good again meanwhile', async () => {
    const world = await upgraded();
    const { id } = await world.recall('1.1.0');
    await world.register('aria', '1.2.0');
    await world.release('1.2.0');
    await world.settle();
    const upgrade = await world.lastPlan();
    expect(upgrade.content.rollbackTarget).toEqual(targetTo('1.0.0', 2));
    must(await withdrawRecall(world.context, PERSON, id));
    await world.result(upgrade.id, failed('unhealthy'), BAD);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
  });

  it('goes elsewhere once its target is recalled, and then nothing covers it', async () => {
    const world = await upgrading();
    const upgrade = await world.lastPlan();
    await world.recall('1.1.0');
    await world.result(upgrade.id, failed('unhealthy'), BAD);
    await world.settle();
    const rollback = await world.lastPlan();
    expect(rollback).toMatchObject({
      planClass: 'automatic_rollback',
      to: { version: '1.0.0' },
      rollbackOf: upgrade.id,
    });
    const [offer] = await payloads(world);
    expect(offer).toMatchObject({ planId: rollback.id });
    expect(offer).not.toHaveProperty('rollbackOf');
  });

  it('of a version that named no target goes to what succeeded last, and nothing covers it', async () => {
    const world = await upgrading();
    const { id } = await world.lastPlan();
    await world.context.store.transact(async (unit) => {
      const plan = await unit.plans.get(id);
      if (plan === undefined) throw new Error('no plan');
      const { rollbackTarget: _, ...content } = plan.content;
      must(await unit.plans.save({ ...plan, content }));
    });
    await world.result(id, failed('unhealthy'), BAD);
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.1.0' } });
    expect((await payloads(world))[0]).not.toHaveProperty('rollbackOf');
  });

  it('that a person asked for stands for itself', async () => {
    const world = await upgraded();
    await world.entity({ version: '1.0.0' }, { replicas: 2 });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      planClass: 'requested_rollback',
      rollbackOf: (await world.plans())[1]?.id,
    });
    expect((await payloads(world))[0]).not.toHaveProperty('rollbackOf');
  });
});

describe('a repair', () => {
  it('shows the spoke the plan whose content it restores', async () => {
    const world = await upgraded();
    const upgrade = await world.lastPlan();
    const runs = { version: '1.1.0', revision: 2, values: { replicas: 3 } };
    await world.report({ 'aria-dev': { ...runs, missing: 'aria', health: 'Missing' } });
    await world.settle();
    const { id, planClass, content } = await world.lastPlan();
    expect(planClass).toBe('repair');
    expect(content).not.toHaveProperty('rollbackTarget');
    expect(await payloads(world)).toEqual([
      expect.objectContaining({
        planId: id,
        repairOf: { planId: upgrade.id, content: upgrade.content, digest: upgrade.digest },
      }),
    ]);
  });
});
