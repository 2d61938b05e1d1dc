import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment } from '@apollo-deploy/domain';
import { aDeployment } from '@apollo-deploy/domain/testing';
import { cancelPlan } from '../engine/cancel-plan.js';
import { failed, must, PERSON } from '../testing/engine-world.js';
import { ProductionWorld } from '../testing/production-world.js';
import { doraMetrics, type DoraMetrics, type DoraQuestion } from './dora-metrics.js';

// The clock of the world begins on Monday, 5 January 2026, at 09:00.
const QUESTION: DoraQuestion = { days: { from: '2026-01-01', to: '2026-02-01' } };

let scene: ProductionWorld;
beforeEach(async () => {
  scene = await ProductionWorld.build();
});

function ask(change: Partial<DoraQuestion> = {}, seen?: readonly string[]) {
  return doraMetrics(scene.world.engine.context, { ...QUESTION, ...change }, seen);
}

async function metrics(seen?: readonly string[]): Promise<DoraMetrics> {
  return must(await ask({}, seen));
}

function stored(...deployments: readonly Deployment[]): Promise<void> {
  return scene.world.engine.context.store.transact(async (unit) => {
    for (const deployment of deployments) await unit.deployments.insert(deployment);
  });
}

describe('the DORA metrics', () => {
  it('know what went through the pipeline to production, and nothing else', async () => {
    const { id, endedAt } = await scene.promoted('1.0.0');
    const release = await scene.world.engine.context.store.transact((unit) =>
      unit.releases.get('aria', '1.0.0'),
    );
    const { asOf, places } = await metrics();
    expect(asOf).toBe(scene.world.engine.clock.now().toISOString());
    expect(places).toMatchObject([
      {
        ...{ service: 'aria', environment: 'prod' },
        leadTime: {
          unknown: 0,
          intervals: [
            {
              ...{ deployment: id, from: release?.createdAt, to: endedAt },
              begins: 'release_registered',
            },
          ],
        },
        frequency: { perDay: 0.2, ids: [id] },
        failRate: { rate: 0, of: 1, ids: [], provisionalUntil: expect.any(String) },
        recovery: { medianMs: null, open: [] },
        rework: { rate: 0, of: 1, ids: [] },
        excluded: {},
      },
    ]);
  });

  it('put a rollback that is under way down to its target', async () => {
    await scene.promoted('1.0.0');
    const bad = await scene.promoted('1.1.0');
    const { id } = must(await scene.rollBack());
    expect((await metrics()).places).toMatchObject([
      { failRate: { rate: 0, ids: [] }, excluded: { rollback: 1 } },
    ]);
    await scene.world.follow();
    await scene.world.engine.approveAll('sre-1');
    await scene.world.follow();
    const { deployedAt } = await scene.world.stored(id);
    expect((await metrics()).places).toMatchObject([
      { failRate: { rate: 0.5, ids: [bad.id] }, recovery: { open: [bad.id] } },
    ]);
    const plan = await scene.prod.lastPlan();
    await scene.prod.succeed(plan.id, { version: '1.0.0', revision: 9 });
    await scene.lookOn();
    const { endedAt } = await scene.world.stored(id);
    const back = {
      deployment: bad.id,
      from: deployedAt,
      to: endedAt,
      begins: 'intervention_asked',
    };
    expect((await metrics()).places).toMatchObject([
      {
        failRate: { rate: 0.5, of: 2, ids: [bad.id] },
        recovery: { intervals: [back], open: [] },
        excluded: { rollback: 1 },
      },
    ]);
  });

  it('leave out what people turned down, as nothing of it ran', async () => {
    await scene.inDev('1.0.0');
    await scene.prod.heard();
    const { id } = must(await scene.promote());
    await scene.world.follow();
    expect((await metrics()).places).toMatchObject([{ excluded: { under_way: 1 } }]);
    const plan = await scene.prod.lastPlan();
    must(await cancelPlan(scene.world.engine.context, PERSON, plan.id, 'not today'));
    await scene.world.follow();
    expect(await scene.world.stored(id)).toMatchObject({ status: 'failed' });
    expect((await metrics()).places).toMatchObject([
      { failRate: { rate: null, of: 0 }, frequency: { perDay: null }, excluded: { aborted: 1 } },
    ]);
  });

  it('leave out for ever what was superseded, though its plan goes out for the newer one', async () => {
    await scene.inDev('1.0.0');
    await scene.prod.heard();
    const older = must(await scene.promote());
    await scene.world.follow();
    const { id } = must(await scene.promote());
    scene.world.engine.clock.advance(1000);
    await scene.finishInProd();
    const [first, last] = [await scene.world.stored(older.id), await scene.world.stored(id)];
    expect(first).toMatchObject({ status: 'failed', supersededBy: id });
    expect(last).toMatchObject({ status: 'completed' });
    expect(first.targets[0]?.planId).toBe(last.targets[0]?.planId);
    expect((await metrics()).places).toMatchObject([
      { frequency: { ids: [id] }, failRate: { of: 1, ids: [] }, excluded: { aborted: 1 } },
    ]);
  });

  it('count what broke in production from the end of its plan on', async () => {
    await scene.promoted('1.0.0');
    await scene.inDev('1.1.0');
    await scene.prod.heard();
    const { id } = must(await scene.promote());
    await scene.world.follow();
    await scene.world.engine.approveAll('sre-1');
    await scene.world.follow();
    const plan = await scene.prod.lastPlan();
    await scene.prod.result(failed('unhealthy'));
    await scene.prod.report({ version: '1.1.0', revision: 8, health: 'Degraded' });
    await scene.world.follow();
    const { places } = await metrics();
    expect(places).toMatchObject([{ excluded: { under_way: 1 } }]);
    await scene.prod.succeed((await scene.prod.lastPlan()).id, { version: '1.0.0', revision: 9 });
    await scene.lookOn();
    const { status, endedAt } = await scene.world.stored(id);
    expect(status).toBe('rolled_back');
    const { endedAt: brokeAt } = await scene.world.engine.planOf(plan.id);
    expect((await metrics()).places).toMatchObject([
      {
        failRate: { rate: 0.5, ids: [id] },
        recovery: {
          intervals: [{ deployment: id, from: brokeAt, to: endedAt, begins: 'plan_failed' }],
        },
      },
    ]);
  });

  it('are of environments that may be seen', async () => {
    await scene.promoted('1.0.0');
    expect((await metrics(['dev'])).places).toEqual([]);
    expect((await metrics(['prod'])).places).toHaveLength(1);
    expect(must(await ask({ service: 'web' })).places).toEqual([]);
    expect(must(await ask({ environment: 'prod', service: 'aria' })).places).toHaveLength(1);
    const refusedFor = async (environment: string, seen?: readonly string[]) =>
      expect(await ask({ environment }, seen)).toEqual({
        ok: false,
        error: {
          field: 'environment',
          detail: `environment is "${environment}"; accepted is an environment of tier production that you may see`,
        },
      });
    await refusedFor('dev');
    await refusedFor('nowhere');
    await refusedFor('prod', ['dev']);
  });

  it('read page by page, and no more than 5000', async () => {
    const one = (index: number) =>
      aDeployment({
        ...{ id: `deploy_${String(index)}`, environment: 'prod', status: 'completed' },
        ...{ endedAt: '2026-01-05T09:00:00.000Z', deployedAt: '2026-01-05T08:00:00.000Z' },
      });
    await stored(...Array.from({ length: 250 }, (_, index) => one(index)));
    expect((await metrics()).places).toMatchObject([{ excluded: { no_change: 250 } }]);
    await stored(...Array.from({ length: 4751 }, (_, index) => one(250 + index)));
    expect(await ask()).toMatchObject({
      ok: false,
      error: { field: 'from', detail: expect.stringContaining('there are 5001 deployments') },
    });
  });
});
