import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterWatcher } from './support/cluster-watcher.js';
import { testChart } from './support/test-chart.js';
import { TestSystem } from './support/test-system.js';

const secondsBetween = (from: string | undefined, to: string | undefined): number =>
  (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000;

describe('the main job', () => {
  let system: TestSystem;
  let namespace: string;
  let watcher: ClusterWatcher;
  beforeAll(async () => {
    system = await TestSystem.running();
    namespace = await system.cluster.freshNamespace('main-job');
    watcher = new ClusterWatcher(system.cluster, namespace);
  });
  afterAll(() => system.stop());

  async function wanted(name: string, body: Record<string, unknown> = {}): Promise<void> {
    await system.client.put(`/api/v1/entities/${name}`, {
      spoke: 'dev',
      product: name,
      namespace,
      desired: { channel: 'dev' },
      ...body,
    });
  }

  async function product(name: string, rolloutTimeoutSeconds = 60): Promise<void> {
    await system.client.post('/api/v1/products', {
      name,
      criticality: 'low',
      rolloutTimeoutSeconds,
    });
  }

  it('installs, upgrades, updates the configuration, repairs and uninstalls with real Helm', async () => {
    const { client } = system;
    await product('web');
    await client.release('web', '1.0.0', await testChart('web', '1.0.0'));
    await wanted('web');
    expect(await client.status('web', 'up_to_date')).toMatchObject({
      reported: { version: '1.0.0', revision: 1, health: 'Healthy', drifted: false },
    });
    expect(await client.ended('web', 0)).toMatchObject({ type: 'install', state: 'SUCCEEDED' });
    expect(await system.history(namespace, 'web')).toMatchObject([
      { revision: 1, status: 'deployed', chart: 'web-1.0.0' },
    ]);

    await client.release('web', '1.1.0', await testChart('web', '1.1.0'));
    const upgrade = await client.ended('web', 1);
    expect(upgrade).toMatchObject({ type: 'upgrade', state: 'SUCCEEDED' });
    expect(upgrade.evidence).toMatchObject({
      head: { revision: 2, status: 'deployed', chartVersion: '1.1.0' },
    });
    expect(await client.status('web', 'up_to_date')).toMatchObject({
      reported: { version: '1.1.0', revision: 2 },
    });

    await wanted('web', { values: { note: 'changed' } });
    expect(await client.ended('web', 2)).toMatchObject({
      type: 'config_update',
      state: 'SUCCEEDED',
    });

    const deletedAt = await watcher.now();
    await system.cluster.send({
      method: 'DELETE',
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
    });
    const repair = await client.ended('web', 3);
    expect(repair).toMatchObject({ type: 'config_update', state: 'SUCCEEDED' });
    expect(secondsBetween(deletedAt, repair.createdAt)).toBeLessThanOrEqual(5);
    expect(await client.status('web', 'up_to_date')).toMatchObject({
      reported: { revision: 4, drifted: false },
    });

    await wanted('web', { desired: { absent: true } });
    expect(await client.ended('web', 4)).toMatchObject({ type: 'uninstall', state: 'SUCCEEDED' });
    expect(await client.status('web', 'up_to_date')).toMatchObject({ reported: null });
    expect(await system.history(namespace, 'web')).toEqual([]);
  });

  it('says within seconds which pod crash-loops, and leaves it alone', async () => {
    const { client } = system;
    await product('crashing', 120);
    const chart = await testChart('crashing', '1.0.0', { behaviour: 'crash-loop' });
    await client.release('crashing', '1.0.0', chart);
    await wanted('crashing');
    const crash = await watcher.firstCrashLoop('crashing');
    const plan = await client.ended('crashing', 0);
    expect(plan).toMatchObject({ state: 'FAILED', outcome: 'unhealthy' });
    expect(plan.message).toMatch(new RegExp(`${crash.pod}.*CrashLoopBackOff`));
    expect(secondsBetween(crash.finishedAt, plan.endedAt)).toBeLessThanOrEqual(10);
    await client.post('/api/v1/evaluations', { entity: 'crashing' });
    expect(await client.status('crashing', 'suppressed')).toMatchObject({
      why: expect.stringContaining('is left alone until'),
    });
    const tried = (await client.plans('crashing')).filter(
      ({ startedAt }) => startedAt !== undefined,
    );
    expect(tried).toHaveLength(1);
  });

  it('takes back an upgrade that crash-loops, and what ran before is there and well again', async () => {
    const { client } = system;
    await product('fragile', 120);
    await client.release('fragile', '1.0.0', await testChart('fragile', '1.0.0'));
    await wanted('fragile', { values: { note: 'kept' } });
    const install = await client.ended('fragile', 0);
    expect(install).toMatchObject({ state: 'SUCCEEDED' });
    const bad = await testChart('fragile', '1.1.0', { behaviour: 'crash-loop' });
    await client.release('fragile', '1.1.0', bad);
    const upgrade = await client.ended('fragile', 1);
    expect(upgrade).toMatchObject({ type: 'upgrade', outcome: 'unhealthy' });
    expect(upgrade.rollbackTarget).toEqual(install.to);
    const rollback = await client.ended('fragile', 2);
    expect(rollback).toMatchObject({
      type: 'rollback',
      planClass: 'automatic_rollback',
      state: 'SUCCEEDED',
      rollbackOf: upgrade.id,
      to: install.to,
    });
    expect((await client.plans('fragile'))[1]).toMatchObject({
      id: upgrade.id,
      state: 'ROLLED_BACK',
      rolledBackBy: rollback.id,
    });
    expect(await client.entity('fragile')).toMatchObject({
      reported: { version: '1.0.0', health: 'Healthy', helmStatus: 'deployed' },
    });
    expect(await system.history(namespace, 'fragile')).toMatchObject([
      { revision: 1, status: 'superseded', chart: 'fragile-1.0.0' },
      { revision: 2, chart: 'fragile-1.1.0' },
      { revision: 3, status: 'deployed', chart: 'fragile-1.0.0' },
    ]);
  });

  it('fails a rollout that never gets ready when its time is over', async () => {
    const { client } = system;
    await product('sleepy', 5);
    const chart = await testChart('sleepy', '1.0.0', { behaviour: 'never-ready' });
    await client.release('sleepy', '1.0.0', chart);
    await wanted('sleepy');
    const plan = await client.ended('sleepy', 0);
    expect(plan).toMatchObject({ state: 'FAILED', outcome: 'unhealthy' });
    expect(plan.message).toMatch(/sleepy-[a-z0-9]+-[a-z0-9]+/);
    const seconds = secondsBetween(plan.startedAt, plan.endedAt);
    expect(seconds).toBeGreaterThanOrEqual(5);
    // What a product is given that says nothing.
    expect(seconds).toBeLessThan(300);
  });

  it('holds a plan for a spoke that is away, says why, and sends it when it is back', async () => {
    const { client } = system;
    await product('later');
    await client.release('later', '1.0.0', await testChart('later', '1.0.0'));
    await system.spoke.stop();
    await wanted('later');
    const blocked = await client.status('later', 'blocked');
    expect(blocked.why).toMatch(/spoke dev is (stale|disconnected)/);
    system.spoke.start();
    expect(await client.ended('later', 0)).toMatchObject({ type: 'install', state: 'SUCCEEDED' });
    expect(await client.plans('later')).toHaveLength(1);
  });
});
