import type { PlanPhase } from '@apollo-deploy/domain';
import { describe, expect, it } from '@jest/globals';
import { EngineWorld, must, PERSON } from '../testing/engine-world.js';
import { learnOfPlans } from './learn-of-plans.js';
import type { ToldPlan } from './told-plan.js';

/** A hub whose people start plans: 1.0.0 runs, and nothing newer has been released. */
async function restored() {
  const world = await EngineWorld.build({ execution: 'manual' });
  await world.connect();
  await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
  await world.entity();
  await world.settle();
  const learn = async (...told: readonly ToldPlan[]) => {
    must(await learnOfPlans(world.context, world.session, told));
    await world.settle();
  };
  const upgrade = async () => {
    await world.release('1.1.0');
    await world.settle();
  };
  return { world, learn, upgrade };
}

/** What is declined when the change to 1.1.0 fails; the same on every hub. */
async function keyOfUpgrade(): Promise<string> {
  const { world, upgrade } = await restored();
  await upgrade();
  return (await world.lastPlan()).contentKey;
}

type Lesson = readonly [planId: string, minute: string, verdict: ToldPlan['verdict']];

function told([planId, minute, verdict]: Lesson, contentKey?: string): ToldPlan {
  return {
    ...{ planId, namespace: 'aria', releaseName: 'aria-dev', verdict },
    ...(contentKey !== undefined && { contentKey }),
    at: `2026-01-05T08:${minute}:00.000Z`,
  };
}

const FAILED: Lesson = ['lost-1', '01', 'failed'];

describe('a change that only the ledger knows', () => {
  it.each<{ name: string; lessons: readonly Lesson[]; plans: number }>([
    { name: 'failed', lessons: [FAILED], plans: 0 },
    {
      name: 'failed after it had succeeded',
      lessons: [FAILED, ['lost-0', '00', 'succeeded']],
      plans: 0,
    },
    {
      name: 'failed, and was given back untouched later',
      lessons: [FAILED, ['lost-2', '02', 'declined']],
      plans: 0,
    },
    {
      name: 'failed, and succeeded later',
      lessons: [FAILED, ['lost-2', '02', 'succeeded']],
      plans: 1,
    },
    { name: 'succeeded', lessons: [['lost-1', '01', 'succeeded']], plans: 1 },
  ])('and $name is planned $plans times', async ({ lessons, plans }) => {
    const { world, learn, upgrade } = await restored();
    const key = await keyOfUpgrade();
    await learn(...lessons.map((lesson) => told(lesson, key)));
    await upgrade();
    expect(await world.plans()).toHaveLength(plans);
  });

  it('and failed says so, and is tried once a person asks', async () => {
    const { world, learn, upgrade } = await restored();
    await learn(told(FAILED, await keyOfUpgrade()));
    await upgrade();
    expect(await world.view()).toMatchObject({
      status: 'failed',
      why: expect.stringContaining('plan lost-1 with the same content failed'),
    });
    must(await world.engine.evaluate(PERSON, 'aria-dev', { force: true }));
    expect(await world.lastPlan()).toMatchObject({ to: { version: '1.1.0' }, attempt: 2 });
  });

  it('and failed counts once, however often it is told', async () => {
    const { world, learn, upgrade } = await restored();
    const lesson = told(FAILED, await keyOfUpgrade());
    await learn(lesson);
    await upgrade();
    must(await world.engine.evaluate(PERSON, 'aria-dev', { force: true }));
    await learn(lesson);
    expect(await world.lastPlan()).toMatchObject({ state: 'PENDING', attempt: 2 });
  });

  it('and failed takes back the plan of the same content that has not gone out', async () => {
    const { world, learn, upgrade } = await restored();
    await upgrade();
    const { id, contentKey } = await world.lastPlan();
    await learn(told(FAILED, contentKey));
    expect(await world.planOf(id)).toMatchObject({
      state: 'CANCELLED',
      message: expect.stringContaining('plan lost-1'),
    });
    expect(await world.plans()).toHaveLength(1);
  });

  it.each<{ phase: PlanPhase; sent: readonly string[] }>([
    { phase: 'dispatched', sent: ['plan.offer', 'plan.cancel'] },
    { phase: 'helm', sent: ['plan.offer'] },
  ])('and failed takes back an offer that is $phase: $sent', async ({ phase, sent }) => {
    const { world, learn, upgrade } = await restored();
    await upgrade();
    const { id, contentKey } = await world.lastPlan();
    must(await world.engine.executePlan(PERSON, id));
    if (phase !== 'dispatched') await world.progress(id, phase);
    await learn(told(FAILED, contentKey));
    expect((await world.outbox()).map(({ type }) => type)).toEqual(sent);
    expect(await world.planOf(id)).toMatchObject({ state: 'EXECUTING' });
  });

  it('and failed says nothing of other content', async () => {
    const { world, learn, upgrade } = await restored();
    await learn(told(FAILED, 'f'.repeat(64)));
    await upgrade();
    expect(await world.lastPlan()).toMatchObject({ state: 'PENDING' });
  });

  it('is only shown where an older spoke does not say what it would have brought', async () => {
    const { world, learn, upgrade } = await restored();
    await learn(told(FAILED));
    await upgrade();
    expect(await world.lastPlan()).toMatchObject({ state: 'PENDING' });
  });
});
