import { describe, expect, it } from '@jest/globals';
import { EngineWorld, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';
import { resolvePlan } from './resolve-plan.js';

async function withPlan(execution: 'automatic' | 'manual'): Promise<EngineWorld> {
  const world = await EngineWorld.build({ execution });
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
  return world;
}

describe('cancelling a plan', () => {
  it('that waits ends it at once and declines its content', async () => {
    const world = await withPlan('manual');
    const { id } = await world.lastPlan();
    must(await world.engine.cancelPlan(PERSON, id, 'not today'));
    await world.settle();
    expect(await world.plans()).toHaveLength(1);
    expect(await world.lastPlan()).toMatchObject({
      state: 'CANCELLED',
      cancelReason: 'cancelled',
      message: 'cancelled by dev-operator: not today',
    });
    expect(await world.view()).toMatchObject({ status: 'declined' });
  });

  it('that is held leaves it held by nothing any more', async () => {
    const world = await EngineWorld.build();
    const until = { start: '2026-01-05T00:00:00.000Z', end: '2026-01-06T00:00:00.000Z' };
    await world.constraint({ kind: 'suppression_window', spec: { ...until, reason: 'Audit' } });
    await world.connect();
    await world.report({});
    await world.entity();
    await world.settle();
    const { id, violations } = await world.lastPlan();
    expect(violations.map(({ code }) => code)).toEqual(['suppression_window']);
    must(await world.engine.cancelPlan(PERSON, id, 'not today'));
    expect(await world.planOf(id)).toMatchObject({ state: 'CANCELLED', violations: [] });
  });

  it('that executes asks the spoke and assumes nothing', async () => {
    const world = await withPlan('automatic');
    const { id } = await world.lastPlan();
    must(await world.engine.cancelPlan(PERSON, id, 'not today'));
    expect(await world.lastPlan()).toMatchObject({
      state: 'EXECUTING',
      cancelRequested: { by: 'dev-operator', reason: 'not today' },
    });
    const sent = await world.context.store.transact((unit) => unit.outbox.pending(['dev']));
    expect(sent.map(({ type }) => type)).toEqual(['plan.offer', 'plan.cancel']);
  });

  it('that executes can lose to its success', async () => {
    const world = await withPlan('automatic');
    const { id } = await world.lastPlan();
    must(await world.engine.cancelPlan(PERSON, id, 'not today'));
    await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({
      state: 'SUCCEEDED',
      message:
        'all objects are Healthy; the cancellation by dev-operator came after Helm had begun',
    });
    expect(await world.view()).toMatchObject({ status: 'up_to_date' });
  });

  it('that executes declines its content in the name of who asked, if nothing was touched', async () => {
    const world = await withPlan('automatic');
    const { id } = await world.lastPlan();
    must(await world.engine.cancelPlan(PERSON, id, 'not today'));
    await world.result(id, {
      verdict: 'declined',
      reason: 'cancelled',
      message: 'cancelled before Helm began',
      evidence: {},
    });
    await world.settle();
    expect(await world.plans()).toHaveLength(1);
    expect((await world.view()).why).toContain('was cancelled: not today (dev-operator');
  });

  it('that has ended is refused', async () => {
    const world = await withPlan('automatic');
    const { id } = await world.lastPlan();
    await world.result(id, SUCCEEDED, { version: '1.0.0', revision: 1 });
    expect(await world.engine.cancelPlan(PERSON, id, 'late')).toMatchObject({
      ok: false,
      error: { code: 'plan/illegal_transition', detail: `plan ${id} is SUCCEEDED already` },
    });
  });

  it('that does not exist is refused', async () => {
    const world = await withPlan('automatic');
    expect(await world.engine.cancelPlan(PERSON, 'nothing', 'x')).toMatchObject({
      ok: false,
      error: { code: 'plan/not_found' },
    });
  });
});

describe('resolving a plan', () => {
  it('whose outcome nobody can tell needs a person, who is named', async () => {
    const world = await withPlan('automatic');
    const { id } = await world.lastPlan();
    await world.result(id, { verdict: 'unknown', message: 'hooks may have run', evidence: {} });
    await world.settle();
    expect(await world.view()).toMatchObject({ status: 'unknown', why: 'hooks may have run' });
    must(await resolvePlan(world.context, PERSON, id, 'FAILED', 'the hook did not run'));
    expect(await world.lastPlan()).toMatchObject({
      state: 'FAILED',
      outcome: 'broken',
      message: 'resolved as FAILED by dev-operator: the hook did not run',
    });
  });

  it('that executes is refused while its spoke may still speak, and possible once it is lost', async () => {
    const world = await withPlan('automatic');
    const { id } = await world.lastPlan();
    expect(await resolvePlan(world.context, PERSON, id, 'CANCELLED', 'gone')).toMatchObject({
      ok: false,
      error: { code: 'plan/illegal_transition' },
    });
    world.clock.advance(15 * 60_000);
    expect(
      must(await resolvePlan(world.context, PERSON, id, 'CANCELLED', 'the cluster is gone')),
    ).toMatchObject({ state: 'CANCELLED' });
  });
});
