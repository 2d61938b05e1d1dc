import { describe, expect, it } from '@jest/globals';
import type { ApprovalRule, Environment, Plan, Values } from '@apollo-deploy/domain';
import { addApprovalRule } from '../approvals/approval-rules.js';
import { EngineWorld, must, PERSON, personCalled, SUCCEEDED } from '../testing/engine-world.js';

const RULE: ApprovalRule = {
  ...{ name: 'upgrades', tier: 'development', requiredRoles: ['sre'], ttlHours: 24 },
  ...{ level: 1, allowAuthor: false, planTypes: ['upgrade'] },
};
const FREEZE = { start: '2026-01-05T09:00:00Z', end: '2026-01-05T12:00:00Z', reason: 'Fair' };

async function ends(world: EngineWorld, version: string, values: Values): Promise<void> {
  const { id, content } = await world.lastPlan();
  const revision = (content.base?.revision ?? 0) + 1;
  await world.result(id, SUCCEEDED, { version, revision, values });
  await world.settle();
}

async function approve(world: EngineWorld): Promise<void> {
  const { id, digest } = await world.lastPlan();
  must(await world.engine.approvePlan(personCalled('sre-1'), id, { digest }));
  await world.settle();
}

/** 1.0.0 SUCCEEDED with two replicas, then 1.1.0 with three, and upgrades wait for an sre. */
async function upgraded(environment: Partial<Environment> = {}): Promise<EngineWorld> {
  const world = await EngineWorld.build(environment);
  await world.connect();
  await world.person('sre-1', 'sre');
  await world.report({});
  for (const [version, replicas] of [
    ['1.0.0', 2],
    ['1.1.0', 3],
  ] as const) {
    await world.entity({ version }, { replicas });
    await world.settle();
    if ((await world.lastPlan()).state === 'PENDING') {
      must(await world.engine.executePlan(PERSON, (await world.lastPlan()).id));
    }
    await ends(world, version, { replicas });
  }
  must(await addApprovalRule(world.context, PERSON, RULE));
  return world;
}

async function pin(world: EngineWorld, values: Values): Promise<Plan> {
  await world.entity({ version: '1.0.0' }, values);
  await world.settle();
  return world.lastPlan();
}

function stands({ type, planClass, state, violations }: Plan): string {
  return [type, planClass, state, ...violations.map(({ code }) => code)].join(' ');
}

describe('a person pins an older version', () => {
  it('with the values that succeeded with it: a way back, which waits for nobody', async () => {
    const world = await upgraded();
    await world.constraint({ name: 'freeze', kind: 'suppression_window', spec: FREEZE });
    const back = await pin(world, { replicas: 2 });
    expect(stands(back)).toBe('rollback requested_rollback EXECUTING');
  });

  it.each([
    { name: 'that never ran there', values: { replicas: 4 } },
    { name: 'that ran with another version', values: { replicas: 3 } },
  ])(
    'with values $name: it waits like an upgrade, and is held all the same',
    async ({ values }) => {
      const world = await upgraded();
      await world.constraint({ name: 'freeze', kind: 'suppression_window', spec: FREEZE });
      expect(stands(await pin(world, values))).toBe(
        'rollback ordinary BLOCKED suppression_window approval',
      );
      await approve(world);
      expect(stands(await world.lastPlan())).toBe('rollback ordinary BLOCKED suppression_window');
      await world.goTo('2026-01-05T12:00:00.000Z');
      await world.engine.markDue();
      await world.settle();
      expect(stands(await world.lastPlan())).toBe('rollback ordinary EXECUTING');
      await ends(world, '1.0.0', values);
      expect(await world.view()).toMatchObject({
        status: 'held',
        hold: { until: 'lifted', fixes: { version: '1.0.0' } },
      });
    },
  );

  it.each([
    {
      name: 'goes back',
      values: { replicas: 2 },
      expected: 'rollback requested_rollback EXECUTING',
    },
    { name: 'is new', values: { replicas: 4 }, expected: 'rollback ordinary PENDING' },
  ])('where people start plans: what $name is $expected', async ({ values, expected }) => {
    const world = await upgraded({ execution: 'manual' });
    const plan = await pin(world, values);
    if (plan.state === 'BLOCKED') await approve(world);
    expect(stands(await world.lastPlan())).toBe(expected);
  });
});
