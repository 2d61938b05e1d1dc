import { beforeEach, describe, expect, it } from '@jest/globals';
import { jsonDigest, sha256Hex } from '@apollo-deploy/kernel';
import { recordFullState } from '../spokes/record-state.js';
import { EngineWorld, must, SUCCEEDED } from '../testing/engine-world.js';
import { diffPlan, type PlanDiff } from './diff-plan.js';

const OLD = { image: { tag: '1' }, replicas: 2 };
const NEW = { image: { tag: '2' }, replicas: 2 };
const TAG = { path: 'image.tag', change: 'changed', before: '1', after: '2' };
const ALL_NEW = [
  { path: 'image.tag', change: 'added', after: '2' },
  { path: 'replicas', change: 'added', after: 2 },
];
const CHART = sha256Hex('aria 1.0.0');

let world: EngineWorld;
beforeEach(async () => {
  world = await EngineWorld.build({ rollbackOnFailure: false });
});

async function diff(): Promise<PlanDiff> {
  return must(await diffPlan(world.context, (await world.lastPlan()).id));
}

/** `aria` 1.0.0 runs with the old values, by a plan. */
async function runs(): Promise<void> {
  await world.connect();
  await world.report({});
  await world.entity({ version: '1.0.0' }, OLD);
  await world.settle();
  const seen = { version: '1.0.0', revision: 1, values: OLD };
  await world.result((await world.lastPlan()).id, SUCCEEDED, seen);
  await world.settle();
}

async function wants(version: string, values: typeof OLD): Promise<void> {
  await world.entity({ version }, values);
  await world.settle();
}

describe('what a plan changes', () => {
  it('is everything it brings where nothing runs', async () => {
    await world.connect();
    await world.report({});
    await wants('1.0.0', NEW);
    expect(await diff()).toMatchObject({ from: null, values: { changes: ALL_NEW, more: 0 } });
    expect(await diff()).not.toHaveProperty('unknown');
  });

  it('is what differs from the values of the plan that brought what runs', async () => {
    await runs();
    await wants('1.1.0', NEW);
    const { plan, ...told } = await diff();
    expect(plan).toMatchObject({ type: 'upgrade', to: { version: '1.1.0' } });
    expect(told).toEqual({
      from: { version: '1.0.0', revision: 1, valuesDigest: jsonDigest(OLD), chartSha256: CHART },
      values: { changes: [TAG], more: 0 },
    });
  });

  it('is nothing once it runs', async () => {
    await runs();
    expect(await diff()).toMatchObject({ from: { revision: 1 }, values: { changes: [] } });
  });

  it('is everything that runs where it takes that away', async () => {
    await runs();
    await world.entity({ absent: true }, OLD);
    await world.settle();
    const { plan, values } = await diff();
    expect(plan.type).toBe('uninstall');
    expect(values.changes).toEqual([
      { path: 'image.tag', change: 'removed', before: '1' },
      { path: 'replicas', change: 'removed', before: 2 },
    ]);
  });

  it('is not known where somebody else has changed the values, and all that it sets is told', async () => {
    await runs();
    const seen = { version: '1.0.0', revision: 2, values: { replicas: 9 } };
    await world.report({ 'aria-dev': seen });
    await wants('1.1.0', NEW);
    expect(await diff()).toMatchObject({
      from: { version: '1.0.0', revision: 2, valuesDigest: jsonDigest({ replicas: 9 }) },
      values: { changes: ALL_NEW },
      unknown:
        'the values that 1.0.0 runs with are not known here, because none of the last 10 plans that succeeded or failed brought them; look at them in the cluster (helm get values)',
    });
    expect((await diff()).from).not.toHaveProperty('chartSha256');
  });

  it('is known where the values are to stay, whoever set them; the bytes of the chart are not', async () => {
    await world.connect();
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 4, values: NEW } });
    await wants('1.1.0', NEW);
    expect(await diff()).toMatchObject({ from: { revision: 4 }, values: { changes: [] } });
    expect((await diff()).from).not.toHaveProperty('chartSha256');
    expect(await diff()).not.toHaveProperty('unknown');
  });

  it('is everything that it sets where what runs was installed without values, whoever did it', async () => {
    await world.connect();
    await world.report({ 'aria-dev': { version: '1.0.0', revision: 4 } });
    await wants('1.1.0', NEW);
    expect(await diff()).toMatchObject({ from: { revision: 4 }, values: { changes: ALL_NEW } });
    expect(await diff()).not.toHaveProperty('unknown');
  });

  it('is not known while its spoke does not see the namespace', async () => {
    await runs();
    await wants('1.1.0', NEW);
    const sight = { seen: ['elsewhere'], unseen: ['aria'] };
    const state = { generation: 9, releases: [], sight };
    must(await recordFullState(world.context, world.session, state));
    expect(await diff()).toMatchObject({
      from: null,
      values: { changes: ALL_NEW },
      unknown: 'spoke dev has not told what runs in aria; let it connect, and see the namespace',
    });
  });

  it('is asked of a plan that there is', async () => {
    expect(await diffPlan(world.context, 'none')).toMatchObject({
      error: { code: 'plan/not_found' },
    });
  });
});
