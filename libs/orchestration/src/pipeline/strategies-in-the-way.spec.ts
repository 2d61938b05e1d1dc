import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment, Plan } from '@apollo-deploy/domain';
import { must } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';
import { OWN_VALUES, registerDeclaring } from '../testing/strategy-world.js';

let scene: ProductionWorld;
/** A canary from 1.0.0 to 1.2.0 in production, agreed to, whose first step goes out. */
let canary: string;

beforeEach(async () => {
  scene = await ProductionWorld.build();
  await registerDeclaring(scene.world.engine);
  await scene.promoted('1.0.0');
  await scene.prod.want({ version: '1.0.0' }, OWN_VALUES);
  await scene.finishInProd();
  await scene.inDev('1.2.0');
  await scene.prod.heard();
  await scene.world.engine.register('aria', '1.0.1');
  canary = must(await scene.promote({ strategy: 'canary' })).id;
  await agree();
});

async function agree(): Promise<void> {
  await scene.world.follow();
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
}

/** The newest plan in production succeeds with what it brings; how that does is not looked at yet. */
async function bring(health = 'Healthy'): Promise<Plan> {
  const plan = await scene.prod.lastPlan();
  const revision = (plan.content.base?.revision ?? 0) + 1;
  const version = plan.to?.version ?? '';
  await scene.prod.succeed(plan.id, { version, values: plan.values, revision, health });
  await scene.world.follow();
  return plan;
}

async function bringWell(): Promise<Plan> {
  const plan = await bring();
  await scene.lookOn();
  await scene.world.follow();
  return plan;
}

async function freeze(): Promise<void> {
  await scene.world.engine.constraint({
    ...{ name: 'freeze', kind: 'suppression_window', scope: { environments: ['prod'] } },
    spec: { start: '2026-01-05T08:00:00Z', end: '2026-01-06T08:00:00Z', reason: 'Fair' },
  });
}

/** Its first step does well, and the second waits for the end of a freeze. */
async function halfWay(): Promise<void> {
  await bring();
  await freeze();
  await scene.lookOn();
  await scene.world.follow();
  expect(await scene.prod.lastPlan()).toMatchObject({ type: 'config_update', state: 'BLOCKED' });
}

async function hotfix(version = '1.0.1'): Promise<Deployment> {
  const { deployment } = must(await scene.hotfix({ version }));
  await agree();
  return scene.world.stored(deployment.id);
}

async function rollBack(): Promise<Deployment> {
  const { id } = must(await scene.rollBack({ environment: 'prod' }));
  await scene.world.follow();
  return scene.world.stored(id);
}

const rolloutThere = async () =>
  (await scene.world.engine.context.store.transact((unit) => unit.entities.get('aria-prod')))
    ?.rollout;

describe('a hotfix while a canary is half-way', () => {
  it('takes its place, and comes at once in one plan', async () => {
    await halfWay();
    const { id, queued, breakGlass } = await hotfix();
    expect({ queued, opened: breakGlass !== undefined }).toEqual({ queued: false, opened: true });
    expect(await scene.world.stored(canary)).toMatchObject({
      ...{ status: 'failed', supersededBy: id },
      notes: `it gave way to hotfix ${id} at step 2 of 5 (canary, 1.2.0 with 50 %) with nothing of it under way`,
    });
    expect(await scene.prod.lastPlan()).toMatchObject({
      ...{ state: 'EXECUTING', planClass: 'hotfix', values: OWN_VALUES },
      to: { version: '1.0.1' },
    });
    expect(await rolloutThere()).toBeUndefined();
    await bringWell();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'completed' });
  });

  it('goes back to what ran before the canary where it does badly', async () => {
    await scene.world.engine.register('aria', '1.2.1');
    await halfWay();
    const { id } = await hotfix('1.2.1');
    await bring('Degraded');
    await scene.lookOn();
    await scene.world.follow();
    expect(await scene.prod.lastPlan()).toMatchObject({
      ...{ type: 'rollback', planClass: 'automatic_rollback', values: OWN_VALUES },
      to: { version: '1.0.0' },
    });
    await bringWell();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'rolled_back' });
    const view = await scene.world.engine.context.store.transact((unit) =>
      unit.entities.get('aria-prod'),
    );
    expect(view?.desired).toEqual({ version: '1.0.0' });
  });

  it('to its own candidate brings that all at once', async () => {
    await halfWay();
    const { id } = await hotfix('1.2.0');
    expect(await scene.prod.lastPlan()).toMatchObject({
      ...{ type: 'config_update', state: 'EXECUTING', values: OWN_VALUES },
    });
    await bringWell();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'completed' });
  });

  it('waits for the step that executes, and no longer', async () => {
    await bringWell();
    const { id, queued } = await hotfix();
    expect(queued).toBe(true);
    await bring();
    expect(await scene.world.stored(canary)).toMatchObject({
      ...{ status: 'failed', supersededBy: id },
      notes: expect.stringContaining(`it gave way to hotfix ${id} at step 2 of 5`),
    });
    await agree();
    expect((await scene.prod.lastPlan()).to).toEqual({ version: '1.0.1' });
  });

  it('waits for the way back of one that has failed', async () => {
    await bring('Degraded');
    await scene.lookOn();
    await scene.world.follow();
    const back = await scene.prod.lastPlan();
    expect(back).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    expect(await hotfix()).toMatchObject({ queued: true });
    await bringWell();
    expect(await scene.world.stored(canary)).toMatchObject({ status: 'rolled_back' });
  });
});

describe('a rollback while a canary is half-way', () => {
  it('takes its place, and brings back what ran before', async () => {
    await halfWay();
    const { id } = await rollBack();
    expect(await scene.world.stored(canary)).toMatchObject({
      ...{ status: 'failed', supersededBy: id },
    });
    const plan = await scene.prod.lastPlan();
    expect(plan).toMatchObject({
      ...{ type: 'rollback', state: 'EXECUTING', values: OWN_VALUES },
      to: { version: '1.0.0' },
    });
    await bringWell();
    expect(await scene.world.stored(id)).toMatchObject({
      ...{ status: 'completed', toVersion: '1.0.0' },
    });
    expect((await scene.prod.lastPlan()).id).toBe(plan.id);
  });
});

describe('any other request while a canary is half-way', () => {
  it('waits behind it, and says for what and until when', async () => {
    await halfWay();
    await scene.inDev('1.0.1');
    await scene.prod.heard();
    const { id } = must(await scene.promote());
    await scene.world.follow();
    const { deployment, waitsFor } = await scene.world.shown(id);
    expect(deployment).toMatchObject({ queued: true });
    expect(waitsFor).toEqual([
      {
        code: 'queued',
        message: expect.stringMatching(
          `^deployment ${canary} of the same service is under way there: .*Fair`,
        ),
        data: { deployment: canary },
        until: '2026-01-06T08:00:00.000Z',
      },
    ]);
    expect(await scene.world.stored(canary)).toMatchObject({ status: 'deploying' });
  });
});
