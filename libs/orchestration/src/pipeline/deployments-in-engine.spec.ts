import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Plan } from '@apollo-deploy/domain';
import { DeploymentWorld } from '../testing/deployment-world.js';
import { putEntity } from '../catalog/put-entity.js';
import { liftHold } from '../constraints/hold-entity.js';
import { failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';

let world: DeploymentWorld;
beforeEach(async () => {
  world = await DeploymentWorld.build();
});

async function running(version: string, revision = 1): Promise<void> {
  await world.deploy({ version });
  await world.succeed(version, revision);
  await world.lookOn();
}

async function desired() {
  return (await world.engine.view()).entity.desired;
}

describe('a deployment', () => {
  it('is recorded, makes the entity, and waits for its plan', async () => {
    const deployment = await world.deploy({ version: '1.0.0', reason: 'first try' });
    expect(deployment).toMatchObject({
      service: 'aria',
      environment: 'dev',
      kind: 'deploy',
      status: 'deploying',
      toVersion: '1.0.0',
      deployedBy: 'dev-operator',
      notes: 'first try',
      backup: 'none',
      targets: [{ entity: 'aria-dev', spoke: 'dev', wave: 0, state: 'executing', before: null }],
    });
    expect(deployment.id).toMatch(/^deploy_20260105090000_aria_id-\d+$/);
    expect(deployment).not.toHaveProperty('fromVersion');
    expect(await world.engine.lastPlan()).toMatchObject({ type: 'install', state: 'EXECUTING' });
  });

  it('is completed once its plan has succeeded and three looks were good', async () => {
    const { id } = await world.deploy();
    await world.succeed('1.0.0', 1);
    const checked = await world.stored(id);
    expect(checked).toMatchObject({ status: 'health_check', targets: [{ state: 'deployed' }] });
    await world.lookOn();
    const done = await world.stored(id);
    expect(done).toMatchObject({
      status: 'completed',
      durationSeconds: 15,
      targets: [
        {
          state: 'healthy',
          looks: [
            { at: '2026-01-05T09:00:00.000Z', healthy: true },
            { at: '2026-01-05T09:00:07.500Z', healthy: true },
            { at: '2026-01-05T09:00:15.000Z', healthy: true },
          ],
        },
      ],
    });
    expect(done.steps.map(({ status }) => status)).toEqual([
      'pending',
      'pre_checks',
      'deploying',
      'health_check',
      'completed',
    ]);
    expect(await desired()).toEqual({ version: '1.0.0' });
  });

  it('to an older version is completed by a revision that names the plan which made it first', async () => {
    await world.deploy({ version: '1.0.0' });
    const first = await world.engine.lastPlan();
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    await running('1.1.0', 2);
    const { id } = await world.deploy({ kind: 'rollback', version: '1.0.0' });
    const back = await world.engine.lastPlan();
    expect(back).toMatchObject({ type: 'rollback', state: 'EXECUTING' });
    const seen = { version: '1.0.0', revision: 3, planId: first.id };
    await world.engine.result(back.id, SUCCEEDED, seen);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({ status: 'completed' });
    expect(await desired()).toEqual({ version: '1.0.0' });
  });

  it('that somebody else overtook with the same version is not called healthy', async () => {
    const { id } = await world.deploy({ version: '1.0.0' });
    const { id: planId } = await world.engine.lastPlan();
    const seen = { version: '1.0.0', revision: 1, planId: 'of-another' };
    await world.engine.result(planId, SUCCEEDED, seen);
    await world.lookOn();
    expect((await world.stored(id)).targets[0]?.looks[0]).toMatchObject({
      healthy: false,
      detail: '1.0.0 runs there, brought by plan of-another',
    });
  });

  it('of what runs there already is completed at once, and says that nothing was changed', async () => {
    await running('1.0.0');
    const again = await world.deploy({ version: '1.0.0' });
    expect(again).toMatchObject({
      status: 'completed',
      fromVersion: '1.0.0',
      notes:
        'completed: aria-dev: it ran already, so nothing was changed; the deployment that brought it found it well, and its spoke does now',
    });
    expect(await world.engine.plans()).toHaveLength(1);
  });

  it('says what it waits for, and until when', async () => {
    await world.engine.constraint({
      name: 'freeze',
      kind: 'suppression_window',
      spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    const { id, status } = await world.deploy();
    expect(status).toBe('pending');
    expect((await world.shown(id)).waitsFor).toMatchObject([
      { code: 'suppression_window', entity: 'aria-dev', until: '2026-01-06T00:00:00.000Z' },
    ]);
    await world.engine.goTo('2026-01-06T00:00:00.000Z');
    await world.engine.engine.markDue();
    await world.follow();
    expect(await world.stored(id)).toMatchObject({ status: 'deploying' });
  });

  it('says nothing of before it was asked for', async () => {
    await running('1.0.0');
    world.engine.clock.advance(1_000);
    const { id } = must(await world.request({ version: '1.1.0' }));
    expect((await world.shown(id)).waitsFor).toEqual([
      {
        ...{ entity: 'aria-dev', code: 'plan' },
        message: 'there is no plan yet: it is about to be evaluated',
      },
    ]);
  });

  it('that fails says why, and what was there before is desired again', async () => {
    await running('1.0.0');
    const { id } = await world.deploy({ version: '1.1.0' });
    const plan = await world.engine.lastPlan();
    await world.engine.result(plan.id, failed('refused'));
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      fromVersion: '1.0.0',
      notes: `failed: aria-dev: plan ${plan.id} is FAILED (refused): pod aria-1 is in CrashLoopBackOff`,
    });
    expect(await desired()).toEqual({ version: '1.0.0' });
  });

  it('whose plan fails after it touched what runs is rolled back once the spoke has seen that', async () => {
    await running('1.0.0');
    const { id } = await world.deploy({ version: '1.1.0' });
    const plan = await world.engine.lastPlan();
    const seen = { version: '1.1.0', revision: 2, status: 'failed', health: 'Degraded' };
    await world.engine.result(plan.id, failed('unhealthy'), seen);
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      status: 'deploying',
      targets: [{ state: 'rolling_back' }],
    });
    await world.succeed('1.0.0', 3);
    expect(await world.stored(id)).toMatchObject({
      status: 'rolled_back',
      rollbackVersion: '1.0.0',
    });
    expect(await desired()).toEqual({ version: '1.0.0' });
  });

  it('that is not healthy afterwards is rolled back, and its plan stays SUCCEEDED', async () => {
    await running('1.0.0');
    const { id } = await world.deploy({ version: '1.1.0' });
    const plan = await world.engine.lastPlan();
    await world.succeed('1.1.0', 2, 'Degraded');
    await world.lookOn();
    const rollback = await world.engine.lastPlan();
    expect(rollback).toMatchObject({ type: 'rollback', rollbackOf: plan.id, state: 'EXECUTING' });
    expect(await world.stored(id)).toMatchObject({ status: 'health_check' });
    await world.engine.result(rollback.id, SUCCEEDED, { version: '1.0.0', revision: 3 });
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      status: 'rolled_back',
      rollbackVersion: '1.0.0',
      targets: [{ note: 'it was not healthy: 1.1.0 is deployed and Degraded' }],
    });
    expect(await world.engine.planOf(plan.id)).toMatchObject({
      state: 'SUCCEEDED',
      rolledBackBy: rollback.id,
    });
    await world.follow();
    expect(await world.engine.plans()).toHaveLength(3);
  });

  it('that was rolled back says in the event of its end what runs now, and one that was not does not', async () => {
    await running('1.0.0');
    const { id } = await world.deploy({ version: '1.1.0' });
    await world.succeed('1.1.0', 2, 'Degraded');
    await world.lookOn();
    await world.succeed('1.0.0', 3);
    const told = await world.engine.events();
    const [end] = told.filter(({ subject, type }) => subject.name === id && type.endsWith('_back'));
    expect(end).toMatchObject({
      type: 'deployment.rolled_back',
      data: { version: '1.1.0', fromVersion: '1.0.0', rollbackVersion: '1.0.0' },
    });
    const others = told.filter(({ type }) => type.startsWith('deployment.') && type !== end?.type);
    expect(others.map(({ type }) => type)).toContain('deployment.completed');
    expect(others.filter(({ data }) => 'rollbackVersion' in data)).toEqual([]);
  });

  it('to an older version that is not healthy is not taken forth again, as that is a rollback', async () => {
    await running('1.0.0');
    await running('1.1.0', 2);
    const { id } = await world.deploy({ version: '1.0.0' });
    const back = await world.engine.lastPlan();
    await world.succeed('1.0.0', 3, 'Degraded');
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      targets: [{ state: 'failed' }],
    });
    expect(await world.engine.lastPlan()).toMatchObject({ id: back.id, state: 'SUCCEEDED' });
  });

  it('that is not healthy goes back to what its plan was approved to go back to', async () => {
    await running('1.0.0');
    const { id } = await world.deploy({ version: '1.1.0' });
    const plan = await world.engine.lastPlan();
    expect(plan.content.rollbackTarget).toMatchObject({ version: '1.0.0' });
    const { store } = world.engine.context;
    await store.transact(async (unit) => {
      const [known] = await unit.baselines.ofEntities(['aria-dev']);
      if (known === undefined) throw new Error('nothing succeeded');
      const at = '2026-01-05T09:00:30.000Z';
      const chart = { ...known.chart, version: '1.0.5', sha256: 'f'.repeat(64) };
      await unit.baselines.put({ ...known, version: '1.0.5', chart, contentKey: 'other', at });
    });
    await world.succeed('1.1.0', 2, 'Degraded');
    await world.lookOn();
    expect(await world.engine.lastPlan()).toMatchObject({
      type: 'rollback',
      to: { version: '1.0.0' },
    });
    expect(await world.stored(id)).toMatchObject({ targets: [{ state: 'rolling_back' }] });
  });

  it('whose plan nobody knows the end of stays under way and says who can end that', async () => {
    const { id } = await world.deploy();
    const { id: planId } = await world.engine.lastPlan();
    await world.engine.result(planId, {
      verdict: 'unknown',
      message: 'hooks may have run',
      evidence: {},
    });
    await world.follow();
    const { deployment, waitsFor } = await world.shown(id);
    expect(deployment.status).toBe('deploying');
    expect(waitsFor).toMatchObject([{ code: 'unknown', plan: planId }]);
  });

  it('gives way to what somebody else says, and leaves that as it is', async () => {
    await running('1.0.0');
    await world.engine.constraint({
      name: 'freeze',
      kind: 'suppression_window',
      spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    const { id } = await world.deploy({ version: '1.1.0' });
    const wish = { name: 'aria-dev', spoke: 'dev', product: 'aria', desired: { range: '^1' } };
    must(await putEntity(world.engine.context, PERSON, wish));
    await world.follow();
    expect(await world.stored(id)).toMatchObject({
      status: 'failed',
      notes:
        'failed: aria-dev: dev-operator has said since that something else is to run; aria-dev: what is desired was left as dev-operator has set it since',
    });
    expect(await desired()).toEqual({ range: '^1' });
  });
});

describe('a deployment to where an automatic rollback is under way', () => {
  let rollback: Plan;
  beforeEach(async () => {
    const { engine } = world;
    await world.deploy({ version: '1.0.0' });
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    // Somebody brings 1.1.0 past the pipeline, and it fails.
    const { entity } = await engine.view();
    const desired = { version: '1.1.0' };
    must(await putEntity(engine.context, PERSON, { ...entity, desired }));
    await world.follow();
    const bad = { version: '1.1.0', revision: 2, status: 'failed', health: 'Degraded' };
    await engine.result((await engine.lastPlan()).id, failed('unhealthy'), bad);
    await engine.settle();
    rollback = await engine.lastPlan();
    expect(rollback).toMatchObject({ planClass: 'automatic_rollback', state: 'EXECUTING' });
    engine.clock.advance(1000);
  });

  it('says that it waits for that, then for its hold, and goes on when that is lifted', async () => {
    const { engine } = world;
    const { id } = await world.deploy({ version: '1.1.0' });
    expect((await world.shown(id)).waitsFor).toEqual([
      {
        ...{ code: 'rollback', entity: 'aria-dev', plan: rollback.id },
        message: 'aria-dev goes back to 1.0.0 first, as a change of it failed',
      },
    ]);
    await world.succeed('1.0.0', 3);
    const { hold } = await engine.view();
    const { deployment, waitsFor } = await world.shown(id);
    expect(deployment.status).toBe('pending');
    expect(waitsFor).toEqual([
      {
        ...{ code: 'hold', entity: 'aria-dev', data: { hold: hold?.id } },
        message: `aria-dev is held at 1.0.0, and not brought to 1.1.0: plan ${rollback.id} went back to 1.0.0 (engine, until something newer comes)`,
      },
    ]);
    must(await liftHold(engine.context, PERSON, hold?.id ?? ''));
    await world.follow();
    expect((await world.shown(id)).waitsFor).toMatchObject([{ code: 'executing' }]);
  });

  it('waits on where its spoke gives that back: it goes out once more before anything new', async () => {
    const { engine } = world;
    const { id } = await world.deploy({ version: '1.1.0' });
    const declined = { verdict: 'declined', reason: 'expired', message: 'too late' } as const;
    await engine.result(rollback.id, { ...declined, evidence: {} });
    await world.follow();
    const again = await engine.lastPlan();
    expect(again).toMatchObject({ planClass: 'automatic_rollback', state: 'EXECUTING' });
    expect(again.id).not.toBe(rollback.id);
    expect((await world.shown(id)).waitsFor).toMatchObject([{ code: 'rollback', plan: again.id }]);
  });
});

describe('two deployments of one service to one environment', () => {
  it('follow one upon the other where the first has gone out', async () => {
    const first = await world.deploy({ version: '1.0.0' });
    const second = await world.deploy({ version: '1.1.0' });
    expect(second).toMatchObject({ status: 'pending', queued: true });
    expect((await world.shown(second.id)).waitsFor).toEqual([
      {
        code: 'queued',
        message: `deployment ${first.id} of the same service is under way there: plan ${first.targets[0]?.planId ?? ''} is executing`,
        data: { deployment: first.id },
      },
    ]);
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    expect(await world.stored(first.id)).toMatchObject({ status: 'completed' });
    await world.follow();
    expect(await world.stored(second.id)).toMatchObject({ status: 'deploying', queued: false });
  });

  it('leave the newer one where nothing of the first has gone out', async () => {
    await world.engine.constraint({
      name: 'freeze',
      kind: 'suppression_window',
      spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
    });
    const first = await world.deploy({ version: '1.0.0' });
    const second = await world.deploy({ version: '1.1.0' });
    expect(await world.stored(first.id)).toMatchObject({
      status: 'failed',
      supersededBy: second.id,
    });
    expect(second).toMatchObject({ queued: false, targets: [{ before: { absent: true } }] });
    expect(await world.engine.lastPlan()).toMatchObject({
      to: { version: '1.1.0' },
      state: 'BLOCKED',
    });
  });

  it('are refused where the second asks for that', async () => {
    const { id } = await world.deploy();
    const refused = await world.request({ version: '1.1.0', onConflict: 'refuse' });
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'deployment/in_progress', data: { deployment: id } },
    });
  });
});
