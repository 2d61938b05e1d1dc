import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Baseline } from '@apollo-deploy/domain';
import { EngineWorld, failed, must, PERSON, type SeenRelease } from '../testing/engine-world.js';
import { OrchestrationEngine } from './orchestration-engine.js';

const RUNS: SeenRelease = { version: '1.0.0', revision: 4 };

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
});

function baselines(): Promise<readonly Baseline[]> {
  return world.context.store.transact((unit) => unit.baselines.ofEntities(['aria-dev']));
}

/** What happens at an instant: what is due is evaluated, and then all that follows. */
async function at(instant: string): Promise<readonly Baseline[]> {
  await world.goTo(`2026-01-05T${instant}Z`);
  await world.engine.markDue();
  await world.settle();
  return baselines();
}

async function reported(seen: SeenRelease): Promise<void> {
  await world.report({ 'aria-dev': seen });
  await world.settle();
}

describe('content that runs as desired and that no plan brought', () => {
  beforeEach(async () => {
    await reported(RUNS);
    await world.entity();
    await world.settle();
  });

  it('counts as succeeded once it was Healthy for ten minutes, and not a moment before', async () => {
    expect(await at('09:09:59.999')).toEqual([]);
    const [baseline, ...others] = await at('09:10:00.000');
    expect(others).toEqual([]);
    expect(baseline).toMatchObject({
      version: '1.0.0',
      values: {},
      how: 'observed',
      at: '2026-01-05T09:10:00.000Z',
      evidence: { healthySince: '2026-01-05T09:00:00.000Z', revision: 4 },
    });
    expect(baseline).not.toHaveProperty('planId');
  });

  it('is looked at no more after that', async () => {
    await at('09:10:00');
    const due = await world.context.store.transact((unit) =>
      unit.evaluations.dueAt('2027-01-01T00:00:00.000Z', 10),
    );
    expect(due).toEqual([]);
  });

  it('is what an upgrade that fails goes back to', async () => {
    await at('09:10:00');
    await world.release('1.1.0');
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('unhealthy'), {
      version: '1.1.0',
      revision: 5,
      health: 'Degraded',
    });
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'rollback', to: { version: '1.0.0' } });
  });

  it('is not gone back to before that', async () => {
    await at('09:09:00');
    await world.release('1.1.0');
    await world.settle();
    await world.result((await world.lastPlan()).id, failed('unhealthy'), {
      version: '1.1.0',
      revision: 5,
      health: 'Degraded',
    });
    await world.settle();
    expect((await world.plans()).map(({ type }) => type)).not.toContain('rollback');
  });

  it.each(['Progressing', 'Degraded', 'Unknown'])(
    'begins anew when it was %s in between',
    async (health) => {
      await at('09:05:00');
      await reported({ ...RUNS, health });
      await at('09:06:00');
      await reported(RUNS);
      expect(await at('09:15:59')).toEqual([]);
      expect(await at('09:16:00')).toHaveLength(1);
    },
  );

  it('begins anew in a new session of its spoke, as nobody looked in between', async () => {
    await at('09:05:00');
    await world.connect();
    await reported(RUNS);
    expect(await at('09:10:00')).toEqual([]);
    expect(await at('09:19:59')).toEqual([]);
    expect(await at('09:20:00')).toHaveLength(1);
  });

  it('does not count while its spoke is silent', async () => {
    world.clock.advance(10 * 60_000);
    await world.engine.markDue();
    await world.settle();
    expect(await baselines()).toEqual([]);
    expect(await at('09:20:00')).toEqual([]);
    expect(await at('09:30:00')).toHaveLength(1);
  });

  it('is looked at no more while its spoke is away, and again when that is back', async () => {
    world.clock.advance(10 * 60_000);
    await world.engine.markDue();
    await world.settle();
    expect(await world.engine.markDue()).toBeUndefined();
    world.clock.advance(3 * 3_600_000);
    await world.engine.markDue();
    expect(await world.engine.drainOnce()).toBe(0);

    await world.goTo('2026-01-05T13:00:00Z');
    await world.settle();
    expect(await world.engine.markDue()).toEqual(new Date('2026-01-05T13:10:00Z'));
    world.clock.advance(10 * 60_000);
    await world.engine.markDue();
    await world.settle();
    await world.connect();
    await reported(RUNS);
    expect(await world.engine.markDue()).toEqual(new Date('2026-01-05T13:20:00Z'));
  });

  it('begins now where it began by a clock that ran ahead and was set back', async () => {
    await at('09:05:00');
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await world.goTo('2026-02-05T09:00:00Z');
    await reported({ ...RUNS, revision: 5, values: { replicas: 2 } });
    await world.goTo('2026-01-05T09:06:00Z');
    await world.engine.markTimed();
    await world.settle();
    expect(await at('09:15:59')).toEqual([]);
    expect(await at('09:16:00')).toMatchObject([{ values: { replicas: 2 } }]);
  });

  it('goes on counting over a restart of the hub', async () => {
    await at('09:05:00');
    const restarted = new OrchestrationEngine(world.context, () => undefined);
    await world.goTo('2026-01-05T09:10:00Z');
    await restarted.markDue();
    while ((await restarted.drainOnce()) > 0);
    expect(await baselines()).toHaveLength(1);
  });

  it('is not counted with the time of other values', async () => {
    await at('09:05:00');
    await world.entity({ channel: 'dev' }, { replicas: 2 });
    await reported({ ...RUNS, revision: 5, values: { replicas: 2 } });
    expect(await at('09:14:59')).toEqual([]);
    expect(await at('09:15:00')).toMatchObject([{ values: { replicas: 2 } }]);
  });
});

describe('content whose plan failed and that got well', () => {
  it('counts as succeeded after ten minutes, and is declined no more', async () => {
    await world.report({});
    await world.entity();
    await world.settle();
    const install = await world.lastPlan();
    await world.result(install.id, failed('unhealthy'), { ...RUNS, health: 'Degraded' });
    await world.settle();
    await reported(RUNS);
    expect(await at('09:10:00')).toMatchObject([{ how: 'observed', version: '1.0.0' }]);
    const declines = await world.context.store.transact((unit) =>
      unit.declines.ofEntities(['aria-dev']),
    );
    expect(declines).toEqual([]);
    must(await world.engine.evaluate(PERSON, 'aria-dev'));
    expect(await world.view()).toMatchObject({ status: 'up_to_date' });
  });
});

describe('content that its plan brought', () => {
  it('is not observed a second time', async () => {
    await world.report({});
    await world.entity();
    await world.settle();
    const { id } = await world.lastPlan();
    const done = { verdict: 'succeeded', message: 'all Healthy', evidence: {} } as const;
    await world.result(id, done, RUNS);
    await world.settle();
    expect(await at('09:10:00')).toMatchObject([{ how: 'plan', planId: id }]);
  });
});
