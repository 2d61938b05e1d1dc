import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment } from '@apollo-deploy/domain';
import { putEntity } from '../catalog/put-entity.js';
import { holdEntity } from '../constraints/hold-entity.js';
import { failed, must, PERSON } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';

let scene: ProductionWorld;
/** 1.0.0 and then 1.1.0 completed in `prod`; 1.2.0 is registered, and was nowhere yet. */
beforeEach(async () => {
  scene = await ProductionWorld.build();
  await scene.promoted('1.0.0');
  await scene.promoted('1.1.0');
  await scene.world.engine.register('aria', '1.2.0');
});

const view = () => scene.world.engine.view('aria-prod');

/** Asked for by who may go past windows, soak, promotion and health, and by nobody else's word. */
async function hotfix(version: string, waives?: readonly []): Promise<Deployment> {
  const asked = { version, ...(waives !== undefined && { waives }) };
  const { deployment } = must(await scene.hotfix(asked));
  await scene.world.follow();
  return deployment;
}

/** What a hotfix waits for, with the class of its plan. */
async function held({ id }: Deployment): Promise<readonly string[]> {
  const { waitsFor } = await scene.world.shown(id);
  return [(await scene.prod.lastPlan()).planClass, ...waitsFor.map(({ code }) => code)];
}

/** What every hotfix waits for here: a backup, and the word of an sre, whom it was not asked for by. */
const ONLY_WHAT_IT_MUST = ['hotfix', 'backup', 'approval'];

async function freeze(hard = false): Promise<void> {
  await scene.world.engine.constraint({
    ...{ name: 'freeze', kind: 'suppression_window', scope: { environments: ['prod'] } },
    spec: { start: '2026-01-05T00:00:00Z', end: '2026-01-09T00:00:00Z', reason: 'Fair', hard },
  });
}

/** Somebody says what is to run in `prod`, past the pipeline. */
async function want(version: string): Promise<void> {
  const { entity } = await view();
  const change = { ...entity, desired: { version } };
  must(await putEntity(scene.world.engine.context, PERSON, change));
  await scene.world.follow();
}

/** What executes in `prod` fails, and goes back to 1.1.0; the rollback is out. */
async function fails(version: string): Promise<string> {
  const { id: planId } = await scene.prod.lastPlan();
  const bad = { version, revision: 20, status: 'failed', health: 'Degraded', planId };
  await scene.prod.report(bad);
  await scene.prod.result(failed('unhealthy'));
  await scene.world.follow();
  const { id, planClass, state } = await scene.prod.lastPlan();
  expect([planClass, state]).toEqual(['automatic_rollback', 'EXECUTING']);
  return id;
}

/** 1.2.0 is brought to `prod` past the pipeline, and fails; its rollback to 1.1.0 is out. */
async function failsPastPipeline(): Promise<string> {
  await scene.inDev('1.2.0');
  await scene.prod.heard();
  await want('1.2.0');
  await scene.world.engine.approveAll('sre-1');
  await scene.world.follow();
  const back = await fails('1.2.0');
  scene.world.engine.clock.advance(1000);
  return back;
}

/** 1.1.0 should run, and somebody has brought 1.0.0 by hand. */
async function movedByHand(): Promise<void> {
  await scene.prod.report({ version: '1.0.0', revision: 40 });
  await scene.world.follow();
}

describe('a hotfix where a hold', () => {
  it('was left at something else by a rollback that a person asked for lifts it', async () => {
    must(await scene.rollBack());
    await scene.finishInProd();
    expect((await view()).hold?.fixes?.version).toBe('1.0.0');
    expect(await held(await hotfix('1.1.0'))).toEqual(ONLY_WHAT_IT_MUST);
    expect(await view()).not.toHaveProperty('hold');
  });

  it('would be left by an automatic rollback that was out before leaves none', async () => {
    const back = await failsPastPipeline();
    const deployment = await hotfix('1.2.0');
    expect((await scene.world.shown(deployment.id)).waitsFor).toMatchObject([{ code: 'rollback' }]);
    await scene.prod.succeed(back, { version: '1.1.0', revision: 21 });
    await scene.world.follow();
    expect(await view()).not.toHaveProperty('hold');
    expect(await held(deployment)).toEqual(ONLY_WHAT_IT_MUST);
  });

  it('is left by its own rollback is not gone past', async () => {
    const { id } = await hotfix('1.2.0');
    await scene.world.engine.approveAll('sre-1');
    await scene.world.follow();
    const back = await fails('1.2.0');
    await scene.prod.succeed(back, { version: '1.1.0', revision: 21 });
    await scene.world.follow();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'rolled_back' });
    expect((await view()).hold?.fixes?.version).toBe('1.1.0');
  });

  it('keeps just what it brings leaves the hold, and makes its own plan', async () => {
    const held11 = { entity: 'aria-prod', until: 'lifted', reason: 'the fair' } as const;
    must(await holdEntity(scene.world.engine.context, PERSON, held11));
    await freeze();
    await movedByHand();
    const { planClass, violations } = await scene.prod.lastPlan();
    expect([planClass, violations.map(({ code }) => code)]).toEqual([
      'repair',
      ['suppression_window'],
    ]);
    expect(await held(await hotfix('1.1.0'))).toEqual(ONLY_WHAT_IT_MUST);
    expect((await view()).hold?.reason).toBe('the fair');
  });

  it('is placed by a person afterwards, at what runs, waits for that', async () => {
    const deployment = await hotfix('1.2.0');
    scene.world.engine.clock.advance(1000);
    const later = { entity: 'aria-prod', until: 'lifted', reason: 'stop' } as const;
    must(await holdEntity(scene.world.engine.context, PERSON, later));
    await scene.world.follow();
    const { waitsFor } = await scene.world.shown(deployment.id);
    expect(waitsFor).toMatchObject([
      { code: 'hold', message: expect.stringContaining('is held at 1.1.0, and not brought') },
    ]);
  });
});

describe('a hotfix that brings back what succeeded last', () => {
  beforeEach(async () => {
    await freeze();
    await movedByHand();
  });

  it('is no repair: with a backup it goes past a freeze', async () => {
    const deployment = await hotfix('1.1.0');
    expect(await held(deployment)).toEqual(ONLY_WHAT_IT_MUST);
    await scene.finishInProd();
    expect(await scene.world.stored(deployment.id)).toMatchObject({
      ...{ status: 'completed', backup: 'kept', fromVersion: '1.0.0' },
    });
  });

  it('is no repair either where it breaks no glass, and waits for what holds a hotfix', async () => {
    expect(await held(await hotfix('1.1.0', []))).toEqual([
      ...['hotfix', 'backup', 'suppression_window', 'approval'],
    ]);
  });
});

describe('a hotfix', () => {
  it('of what has failed goes past its automatic suppression, and past its hold', async () => {
    const back = await failsPastPipeline();
    await scene.prod.succeed(back, { version: '1.1.0', revision: 21 });
    await scene.world.follow();
    const { context } = scene.world.engine;
    const suppressed = await context.store.transact((unit) =>
      unit.suppressions.ofEntities(['aria-prod']),
    );
    expect(suppressed).toMatchObject([{ failures: 1, until: '2026-01-05T09:31:15.000Z' }]);
    expect((await view()).hold?.fixes?.version).toBe('1.1.0');
    expect(await held(await hotfix('1.2.0'))).toEqual(ONLY_WHAT_IT_MUST);
  });

  it('goes past the breaker of its environment, which holds a promotion', async () => {
    const { context } = scene.world.engine;
    const [from, until] = ['2026-01-05T09:00:00.000Z', '2026-01-05T12:00:00.000Z'];
    await context.store.transact(async (unit) => {
      for (const id of ['1', '2', '3', '4', '5', '6']) {
        const of = { id, entity: `web-${id}`, planId: id, contentKey: id, reason: 'it failed' };
        await unit.suppressions.put({ ...of, environment: 'prod', from, until, failures: 1 });
      }
    });
    await want('1.2.0');
    const { violations } = await scene.prod.lastPlan();
    expect(violations.map(({ code }) => code)).toContain('environment_breaker');
    expect(await held(await hotfix('1.2.0'))).toEqual(ONLY_WHAT_IT_MUST);
  });

  it.each([
    { name: 'past a freeze', hard: false, expected: ONLY_WHAT_IT_MUST },
    {
      name: 'past no freeze that is hard',
      hard: true,
      expected: ['hotfix', 'backup', 'suppression_window', 'approval'],
    },
  ])('goes $name', async ({ hard, expected }) => {
    await freeze(hard);
    expect(await held(await hotfix('1.2.0'))).toEqual(expected);
  });

  it('that breaks no glass is held by a freeze', async () => {
    await freeze();
    expect(await held(await hotfix('1.2.0', []))).toEqual([
      ...['hotfix', 'promoted', 'backup', 'suppression_window', 'approval'],
    ]);
  });

  it('never brings what is recalled while it waits, whatever it may go past', async () => {
    const { id } = await hotfix('1.2.0');
    await scene.world.engine.recall('1.2.0');
    await scene.world.follow();
    const told = '1.2.0 is recalled by dev-operator: It loses orders';
    expect(await scene.world.stored(id)).toMatchObject({
      ...{ status: 'failed', notes: expect.stringContaining(told) },
    });
  });

  it('that leaves what is recalled goes past what its break-glass waives', async () => {
    await scene.world.engine.recall('1.1.0');
    expect(await held(await hotfix('1.2.0'))).toEqual(ONLY_WHAT_IT_MUST);
  });

  it('that leaves what is recalled, and breaks no glass, leaves it like any other', async () => {
    await scene.world.engine.recall('1.1.0');
    expect(await held(await hotfix('1.2.0', []))).toEqual([
      ...['roll_off', 'promoted', 'backup', 'approval'],
    ]);
  });

  it('waits for what it depends on', async () => {
    await scene.world.engine.product('db', { '1.0.0': [] });
    const needs = [{ product: 'db', range: '>=1', optional: false }];
    await scene.world.engine.register('aria', '1.2.1', needs);
    expect(await held(await hotfix('1.2.1'))).toEqual([
      ...['hotfix', 'dependency_missing', 'backup', 'approval'],
    ]);
  });
});
