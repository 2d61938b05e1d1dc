import { beforeEach, describe, expect, it } from '@jest/globals';
import { removeConstraint } from '../constraints/add-constraint.js';
import { EngineWorld, failed, must, PERSON, SUCCEEDED } from '../testing/engine-world.js';

const RUNS = { version: '1.0.0', revision: 1 };
const HALF_MINUTE_MS = 30_000;

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  await world.report({});
  await world.entity();
  await world.settle();
});

/** It starts, is Healthy for half a minute and crashes again, for so long; each try of it fails. */
async function crashLoops(minutes: number, runs = RUNS): Promise<void> {
  for (let half = 0; half < 2 * minutes; half += 1) {
    await passes(HALF_MINUTE_MS);
    const last = await world.lastPlan();
    if (last.state === 'EXECUTING') {
      await world.result(last.id, failed('unhealthy'), { ...runs, health: 'Degraded' });
    }
    await isSeen(half % 2 === 0 ? 'Degraded' : 'Healthy', runs);
  }
}

async function isSeen(health: string, runs = RUNS): Promise<void> {
  await world.report({ 'aria-dev': { ...runs, health } });
  await world.settle();
}

async function passes(ms: number): Promise<void> {
  await world.goTo(new Date(world.clock.now().getTime() + ms).toISOString());
  await world.engine.markDue();
  await world.settle();
}

/** Nothing goes out from now on; answers how to end that. */
async function freeze(): Promise<() => Promise<void>> {
  const { id } = await world.constraint({
    kind: 'suppression_window',
    spec: {
      ...{ start: '2026-01-05T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
      hard: true,
    },
  });
  return async () => {
    must(await removeConstraint(world.context, PERSON, id));
  };
}

async function told(): Promise<readonly string[]> {
  return (await world.plans()).map(({ type, state }) => `${type} ${state}`);
}

describe('content that failed and crash-loops, Healthy for a moment in between', () => {
  beforeEach(async () => {
    const { id } = await world.lastPlan();
    await world.result(id, failed('unhealthy'), { ...RUNS, health: 'Degraded' });
    await world.settle();
  });

  it('has one plan an hour for each try, and none for each crash', async () => {
    await crashLoops(60);
    expect(await told()).toEqual([
      'install FAILED',
      'config_update FAILED',
      'config_update BLOCKED',
    ]);
  });

  it('keeps the plan that waits while it is Healthy, which says until when', async () => {
    await crashLoops(2);
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({
      type: 'config_update',
      state: 'BLOCKED',
      recheckAt: '2026-01-05T09:12:00.000Z',
      violations: [
        {
          code: 'settling',
          message:
            '1.0.0 runs as desired and is Healthy since 2026-01-05T09:02:00.000Z; the plan is withdrawn if it stays so until 2026-01-05T09:12:00.000Z',
          data: { since: '2026-01-05T09:02:00.000Z' },
          recheckAt: '2026-01-05T09:12:00.000Z',
        },
      ],
    });
    expect(await world.view()).toMatchObject({ status: 'blocked' });
    expect(must(await world.engine.explain(plan.id))).toMatchObject({
      unmet: [{ code: 'settling' }],
    });
    expect(await world.engine.executePlan(PERSON, plan.id)).toMatchObject({ ok: false });
  });

  it('is due no more at an instant that another evaluation gave it, as one that met a bug', async () => {
    await isSeen('Healthy');
    await passes(60_000);
    const { recheckAt, ...plan } = await world.lastPlan();
    expect(recheckAt).toBe('2026-01-05T09:10:00.000Z');
    const postponed = { ...plan, recheckAt: '2026-01-05T09:01:30.000Z' };
    await world.context.store.transact((unit) => unit.plans.save(postponed));
    await passes(HALF_MINUTE_MS);
    expect((await world.lastPlan()).recheckAt).toBe(recheckAt);
    await world.engine.markDue();
    expect(await world.engine.drainOnce()).toBe(0);
  });

  it('is not tried again while it is Healthy, though its back-off is over', async () => {
    await passes(29 * 60_000);
    await isSeen('Healthy');
    await passes(5 * 60_000);
    expect(await told()).toEqual(['install FAILED', 'config_update BLOCKED']);
    await isSeen('Degraded');
    expect(await told()).toEqual(['install FAILED', 'config_update EXECUTING']);
  });

  it('needs no plan any more once it stayed Healthy for ten minutes', async () => {
    await crashLoops(4);
    await passes(10 * 60_000 - 1);
    expect((await told()).at(-1)).toBe('config_update BLOCKED');
    await passes(1);
    expect(await told()).toEqual(['install FAILED', 'config_update CANCELLED']);
    expect(await world.view()).toMatchObject({ status: 'up_to_date' });
    await isSeen('Degraded');
    expect(await told()).toHaveLength(2);
  });
});

describe('a repair that failed of content that crash-loops', () => {
  it('is tried again by its back-off, and not for each crash', async () => {
    await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
    await world.report({ 'aria-dev': { ...RUNS, missing: 'aria', health: 'Missing' } });
    await world.settle();
    const { id } = await world.lastPlan();
    await world.result(id, failed('unhealthy'), { ...RUNS, health: 'Degraded' });
    await crashLoops(28);
    expect(await told()).toEqual([
      'install SUCCEEDED',
      'config_update FAILED',
      'config_update BLOCKED',
    ]);
    await passes(10 * 60_000);
    expect((await told()).at(-1)).toBe('config_update CANCELLED');
    expect(await world.view()).toMatchObject({ status: 'up_to_date' });
  });
});

describe('an upgrade that crash-loops, and that nobody took back', () => {
  it('is tried again by its back-off, and not for each crash', async () => {
    await world.result((await world.lastPlan()).id, SUCCEEDED, RUNS);
    await world.entity({ version: '1.1.0' });
    await world.settle();
    const upgrade = await world.lastPlan();
    const thaw = await freeze();
    const bad = { version: '1.1.0', revision: 2 };
    await world.result(upgrade.id, failed('unhealthy'), { ...bad, health: 'Degraded' });
    await world.settle();
    const back = await world.lastPlan();
    expect(back).toMatchObject({ type: 'rollback', state: 'BLOCKED' });
    must(await world.engine.cancelPlan(PERSON, back.id, 'We look into it'));
    await thaw();
    await crashLoops(10, bad);
    expect(await told()).toEqual([
      'install SUCCEEDED',
      'upgrade FAILED',
      'rollback CANCELLED',
      'config_update BLOCKED',
    ]);
    expect((await world.lastPlan()).content.rollbackTarget?.version).toBe('1.0.0');
  });
});
