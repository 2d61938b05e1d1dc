import { eventually } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testChart } from './support/test-chart.js';
import { TestSystem } from './support/test-system.js';

/** Enough objects to keep Helm busy for seconds, so that the revocation comes in the middle of its run. */
const CONFIG_MAPS = 200;
const REVOKED = 'the hub has revoked this spoke';
const DAY_MS = 24 * 3_600_000;

describe('a spoke that is revoked in the middle of a Helm run', () => {
  let system: TestSystem;
  let namespace: string;
  beforeAll(async () => {
    system = await TestSystem.running();
    namespace = await system.cluster.freshNamespace('revoked');
  });
  afterAll(() => system.stop());

  /** There is a product; answers how to want it on the spoke. */
  async function product(name: string, configMaps: number): Promise<() => Promise<unknown>> {
    const { client } = system;
    await client.post('/api/v1/products', { name, criticality: 'low' });
    await client.release(name, '1.0.0', await testChart(name, '1.0.0', { configMaps }));
    const entity = { spoke: 'dev', product: name, namespace, desired: { channel: 'dev' } };
    return () => client.put(`/api/v1/entities/${name}`, entity);
  }

  /** Holds a product; answers how to let it go. */
  async function frozen(name: string): Promise<() => Promise<void>> {
    const [start, end] = [0, DAY_MS].map((later) => new Date(Date.now() + later).toISOString());
    const freeze = { start, end, reason: 'not yet', scope: { products: [name] } };
    const { id } = await system.client.post('/api/v1/suppressions', freeze);
    return () => system.client.delete(`/api/v1/suppressions/${String(id)}`);
  }

  async function saidRevoked(times: number): Promise<void> {
    await eventually(
      `the spoke to hear ${String(times)} times that it is revoked`,
      async () => (await system.saidBySpoke()).split(REVOKED).length > times || undefined,
      10_000,
    );
  }

  it('is cut off within 10 s; Helm finishes, and nothing of it counts before a person says so', async () => {
    const { client, spoke } = system;
    const [want, wantNext] = [await product('web', CONFIG_MAPS), await product('next', 0)];
    const letGo = await frozen('next');
    await wantNext();
    await client.status('next', 'blocked');
    await want();
    const plan = await eventually('Helm to be at work', async () => {
      const [newest] = await client.plans('web');
      return newest?.phase === 'helm' ? newest : undefined;
    });

    await client.post('/api/v1/spokes/dev/revoke', { reason: 'its key was copied' });
    await saidRevoked(1);
    expect(await client.get('/api/v1/spokes/dev')).toMatchObject({
      status: 'revoked',
      revocation: { reason: 'its key was copied' },
    });

    await eventually('Helm to finish', async () => {
      const [first] = await system.history(namespace, 'web');
      return first?.status === 'deployed' ? first : undefined;
    });
    await letGo();
    await spoke.stop();
    spoke.start();
    await saidRevoked(2);
    expect(await client.plans('web')).toMatchObject([{ id: plan.id, state: 'EXECUTING' }]);
    expect(await client.entity('web')).toMatchObject({ reported: null });

    await client.post('/api/v1/evaluations', { entity: 'next' });
    const [next] = await client.plans('next');
    expect(next).toMatchObject({ state: 'BLOCKED', violations: [{ code: 'spoke_ready' }] });
    expect(await system.history(namespace, 'next')).toEqual([]);

    const seen = { outcome: 'SUCCEEDED', reason: 'helm history says so' };
    await client.post(`/api/v1/plans/${plan.id}/resolve`, seen);
    expect(await client.plans('web')).toMatchObject([{ state: 'SUCCEEDED' }]);
  });
});
