import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Environment } from '@apollo-deploy/domain';
import type { NewConstraint } from '../constraints/add-constraint.js';
import { EngineWorld, failed, SUCCEEDED } from '../testing/engine-world.js';

const FIRST_A_BACKUP: NewConstraint = { name: 'first a backup', kind: 'backup', spec: {} };
const FREEZE: NewConstraint = {
  name: 'freeze',
  kind: 'suppression_window',
  spec: { start: '2026-01-01T00:00:00Z', end: '2026-01-06T00:00:00Z', reason: 'Stocktaking' },
};

let world: EngineWorld;
beforeEach(() => begin());

async function begin(environment: Partial<Environment> = {}): Promise<void> {
  world = await EngineWorld.build(environment);
  await world.connect();
  await world.report({});
  await world.constraint(FIRST_A_BACKUP);
}

async function install(): Promise<void> {
  await world.entity({ version: '1.0.0' }, { replicas: 2 });
  await world.settle();
  const seen = { version: '1.0.0', revision: 1, values: { replicas: 2 } };
  await world.result((await world.lastPlan()).id, SUCCEEDED, seen);
  await world.settle();
}

async function backups() {
  const { reported } = await world.view();
  const releaseDigest = reported?.release?.releaseDigest ?? '';
  return world.context.store.transact((unit) =>
    unit.backups.getMany([{ entity: 'aria-dev', releaseDigest }]),
  );
}

describe('a rule that wants a backup', () => {
  it('lets an installation go, and has what runs kept before it is changed', async () => {
    await install();
    expect(await backups()).toEqual([]);
    await world.entity({ version: '1.1.0' }, { replicas: 3 });
    await world.settle();
    expect(await backups()).toMatchObject([
      {
        status: 'done',
        by: 'release snapshot',
        covers: 'the chart reference and the values of the content that runs; no data, no volumes',
        snapshot: { chart: { name: 'aria', version: '1.0.0' }, values: { replicas: 2 } },
      },
    ]);
    expect(await world.lastPlan()).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
  });

  it('asks for it only once nothing else holds the plan', async () => {
    await install();
    await world.constraint(FREEZE);
    await world.entity({ version: '1.1.0' });
    await world.settle();
    const held = (await world.lastPlan()).violations.map(({ code }) => code);
    expect(held).toEqual(['suppression_window', 'backup']);
    expect(await backups()).toEqual([]);
    await world.goTo('2026-01-06T00:00:00.000Z');
    await world.engine.markDue();
    await world.settle();
    expect(await world.lastPlan()).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
  });

  it('asks for it too where only slots are missing, so that the plan stands in line', async () => {
    await begin({ maxConcurrent: 1 });
    for (const name of ['aria-1', 'aria-2']) {
      await world.entity({ version: '1.0.0' }, {}, name);
      await world.settle();
      await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.0.0', revision: 1 });
      await world.settle();
    }
    await world.entity({ version: '1.1.0' }, {}, 'aria-1');
    await world.settle();
    const first = await world.lastPlan();
    await world.entity({ version: '1.1.0' }, {}, 'aria-2');
    await world.settle();
    const second = await world.lastPlan();
    expect(second.violations.map(({ code }) => code)).toEqual(['concurrency']);
    await world.result(first.id, SUCCEEDED, { version: '1.1.0', revision: 2 });
    await world.settle();
    expect(await world.planOf(second.id)).toMatchObject({ type: 'upgrade', state: 'EXECUTING' });
  });

  it('says why one failed, and tries it again later by itself, not before', async () => {
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 1 } });
    await world.entity({ version: '1.1.0' });
    await world.settle();
    const plan = await world.lastPlan();
    expect(plan).toMatchObject({ state: 'BLOCKED', recheckAt: '2026-01-05T09:10:00.000Z' });
    expect(plan.violations[0]?.message).toContain('the values that 1.0.0 runs with are not known');
    const [failed] = await backups();
    await world.engine.evaluateAll();
    expect(await backups()).toEqual([failed]);
    await world.goTo('2026-01-05T09:10:00.000Z');
    await world.engine.markDue();
    await world.settle();
    expect(await backups()).toMatchObject([{ status: 'failed', at: '2026-01-05T09:10:00.000Z' }]);
  });

  it('lets what failed and runs all the same be mended by going forward', async () => {
    await begin({ rollbackOnFailure: false });
    await install();
    await world.entity({ version: '1.1.0' }, { replicas: 3 });
    await world.settle();
    const seen = { version: '1.1.0', revision: 2, values: { replicas: 3 }, status: 'failed' };
    await world.result((await world.lastPlan()).id, failed('unhealthy'), seen);
    await world.settle();
    await world.entity({ version: '1.1.0' }, { replicas: 4 });
    await world.settle();
    expect(await backups()).toMatchObject([
      {
        status: 'done',
        snapshot: { chart: { name: 'aria', version: '1.1.0' }, values: { replicas: 3 } },
      },
    ]);
    expect(await world.lastPlan()).toMatchObject({ type: 'config_update', state: 'EXECUTING' });
  });

  it('has one made again that a crash cut off', async () => {
    await install();
    const { reported } = await world.view();
    const releaseDigest = reported?.release?.releaseDigest ?? '';
    await world.context.store.transact((unit) =>
      unit.backups.put({
        ...{ entity: 'aria-dev', releaseDigest, status: 'requested' },
        ...{ by: 'release snapshot', covers: '', at: '2026-01-05T09:00:00.000Z' },
      }),
    );
    await world.engine.recover({ everything: false });
    expect(await backups()).toMatchObject([{ status: 'done' }]);
  });
});
