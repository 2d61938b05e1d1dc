import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import type { PlanBody } from './support/hub-client.js';
import { testChart } from './support/test-chart.js';
import { TestSystem } from './support/test-system.js';

describe('a hub that is restored from a backup', () => {
  let system: TestSystem;
  let namespace: string;
  beforeAll(async () => {
    system = await TestSystem.running();
    namespace = await system.cluster.freshNamespace('restored');
  });
  afterAll(() => system.stop());

  async function wanted(name: string, readyAfter?: string): Promise<void> {
    const { client } = system;
    await client.post('/api/v1/products', { name, criticality: 'low', rolloutTimeoutSeconds: 60 });
    const behaviour = readyAfter === undefined ? {} : { readyAfter };
    await client.release(name, '1.0.0', await testChart(name, '1.0.0', behaviour));
    await client.put(`/api/v1/entities/${name}`, {
      spoke: 'dev',
      product: name,
      namespace,
      desired: { channel: 'dev' },
    });
  }

  async function executing(name: string): Promise<PlanBody> {
    return eventually(`a plan of ${name} to be verified`, async () => {
      const plan = (await system.client.plans(name)).at(-1);
      return plan?.phase === 'verifying' ? plan : undefined;
    });
  }

  async function auditOf({ id }: PlanBody): Promise<readonly string[]> {
    const { items } = await system.client.list<{ action: string; subject: string }>(
      '/api/v1/audit?limit=200',
    );
    return items.filter(({ subject }) => subject === `plan/${id}`).map(({ action }) => action);
  }

  it('taken between dispatch and verdict is told the verdict, and nothing happens again', async () => {
    await wanted('mid-way', '5s');
    const { id } = await executing('mid-way');
    await system.backUp();
    expect(await system.client.ended('mid-way', 0)).toMatchObject({ id, state: 'SUCCEEDED' });

    await system.restore();
    const told = await system.client.ended('mid-way', 0);
    expect(told).toMatchObject({ id, state: 'SUCCEEDED', attempt: 1 });
    await system.client.status('mid-way', 'up_to_date');
    expect(await system.client.plans('mid-way')).toHaveLength(1);
    expect(await system.history(namespace, 'mid-way')).toHaveLength(1);
    const audited = await auditOf(told);
    expect(audited.filter((action) => action === 'plan.succeeded')).toHaveLength(1);
    expect(audited).toContain('plan.claim');
  });

  it('taken before dispatch sees that its plan was carried out, and sends none', async () => {
    const { client } = system;
    await wanted('before');
    await client.status('before', 'up_to_date');
    const freeze = await client.post('/api/v1/suppressions', {
      name: 'freeze-before',
      reason: 'Stocktaking',
      start: '2026-01-01T00:00:00Z',
      end: '2090-01-01T00:00:00Z',
      scope: { products: ['before'] },
    });
    await client.release('before', '2.0.0', await testChart('before', '2.0.0'));
    await client.status('before', 'blocked');
    await system.backUp();
    await client.delete(`/api/v1/suppressions/${String(freeze['id'])}`);
    expect(await client.ended('before', 1)).toMatchObject({ state: 'SUCCEEDED' });

    await system.restore();
    await client.status('before', 'up_to_date');
    await client.delete(`/api/v1/suppressions/${String(freeze['id'])}`);
    expect(await client.status('before', 'up_to_date')).toMatchObject({
      reported: { version: '2.0.0', revision: 2 },
    });
    expect((await client.plans('before')).at(-1)).toMatchObject({ state: 'CANCELLED' });
    expect(await system.history(namespace, 'before')).toHaveLength(2);
  });

  it('taken long ago has nothing to do, however low its epochs are, and says what it does not know', async () => {
    const { client } = system;
    await wanted('after');
    await client.status('after', 'up_to_date');
    await system.backUp();
    // Three sessions of the spoke that the restored hub will never have heard of.
    for (let start = 0; start < 3; start += 1) {
      await system.hub.kill();
      await system.startHub();
      await system.connected();
    }
    await client.release('after', '2.0.0', await testChart('after', '2.0.0'));
    const lost = await client.ended('after', 1);

    await system.restore();
    const { unknownPlans } = await eventually('the spoke to tell of its plans', async () => {
      const spoke = await client.get<{ readonly unknownPlans: readonly unknown[] }>(
        '/api/v1/spokes/dev',
      );
      return spoke.unknownPlans.length > 0 ? spoke : undefined;
    });
    expect(unknownPlans).toEqual([
      {
        ...{ planId: lost.id, namespace, releaseName: 'after' },
        ...{ verdict: 'succeeded', at: expect.any(String) },
      },
    ]);
    expect(await client.status('after', 'declined')).toMatchObject({
      reported: { version: '2.0.0', revision: 2 },
    });
    expect(await system.history(namespace, 'after')).toHaveLength(2);
  });

  it('taken before a change failed does not try it again', async () => {
    const { client } = system;
    await wanted('failing');
    await client.status('failing', 'up_to_date');
    await system.backUp();
    const crashes = await testChart('failing', '2.0.0', { behaviour: 'crash-loop' });
    await client.release('failing', '2.0.0', crashes);
    expect(await client.ended('failing', 2)).toMatchObject({
      ...{ type: 'rollback', state: 'SUCCEEDED' },
    });

    await system.spoke.kill();
    await system.restore();
    // It was lost with the rest and is made again; all that is missing to the plan is its spoke.
    await client.release('failing', '2.0.0', crashes);
    const { id } = await eventually(
      'a plan to bring it',
      async () => (await client.plans('failing'))[1],
    );
    system.spoke.start();
    expect(await client.status('failing', 'failed')).toMatchObject({
      why: expect.stringContaining('with the same content failed'),
      reported: { version: '1.0.0', revision: 3 },
    });
    // What the spoke reports may replace the plan before the ledger is heard; no one of them is begun.
    const [, ...again] = await client.plans('failing');
    expect(again[0]).toMatchObject({ id });
    for (const plan of again) {
      expect(plan).toMatchObject({ state: 'CANCELLED' });
      expect(await auditOf(plan)).not.toContain('plan.claim');
    }
    expect(await system.history(namespace, 'failing')).toHaveLength(3);
  });
});
