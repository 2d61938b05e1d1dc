import { eventually } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testChart } from './support/test-chart.js';
import { TestSystem } from './support/test-system.js';

interface Explanation {
  readonly state: string;
  readonly unmet: readonly {
    readonly code: string;
    readonly message: string;
    readonly earliestAt?: string;
  }[];
  readonly earliestAt?: string;
}

const HOUR_MS = 3_600_000;
const SOON_MS = 3_000;

describe('an upgrade that a window, a suppression and a dependency hold', () => {
  let system: TestSystem;
  let namespace: string;
  beforeAll(async () => {
    system = await TestSystem.running();
    namespace = await system.cluster.freshNamespace('held');
    for (const name of ['base', 'shop']) {
      await system.client.post('/api/v1/products', { name, criticality: 'low' });
      await system.client.release(name, '1.0.0', await testChart(name, '1.0.0'));
      await want(name);
      expect(await system.client.ended(name, 0)).toMatchObject({ state: 'SUCCEEDED' });
    }
  });
  afterAll(() => system.stop());

  async function want(name: string): Promise<void> {
    const body = { spoke: 'dev', product: name, namespace, desired: { channel: 'dev' } };
    await system.client.put(`/api/v1/entities/${name}`, body);
  }

  /** Waits until the newest plan of `shop` is held by exactly these. */
  async function heldBy(...codes: readonly string[]): Promise<Explanation> {
    let last: Explanation | undefined;
    try {
      return await eventually(`shop to be held by ${codes.join(', ')}`, async () => {
        const plan = (await system.client.plans('shop')).at(-1);
        last = await system.client.get<Explanation>(`/api/v1/plans/${plan?.id ?? ''}/explain`);
        const unmet = last.unmet.map(({ code }) => code);
        return unmet.join() === codes.join() ? last : undefined;
      });
    } catch (error) {
      throw new Error(`shop: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  it('says all three with their instants, and each lifts by itself when its cause goes', async () => {
    const { client } = system;
    const shop = { products: ['shop'] };
    const window = await client.post('/api/v1/constraints', {
      name: 'year ends',
      kind: 'maintenance_window',
      spec: { layer: 'product', cron: '0 2 31 12 *', durationHours: 4 },
      scope: shop,
    });
    const start = new Date().toISOString();
    const suppressed = (end: string): ReturnType<typeof client.post> =>
      client.post('/api/v1/suppressions', { start, end, reason: 'Stocktaking', scope: shop });
    const end = new Date(Date.now() + HOUR_MS).toISOString();
    const { id } = await suppressed(end);
    const chart = await testChart('shop', '2.0.0');
    await client.release('shop', '2.0.0', chart, [{ product: 'base', range: '^2.0.0' }]);

    const all = await heldBy('dependency_version', 'suppression_window', 'maintenance_window');
    expect(all).not.toHaveProperty('earliestAt');
    expect(all.unmet).toMatchObject([
      { message: 'shop 2.0.0 needs base ^2.0.0; base runs 1.0.0' },
      { message: `changes are suppressed until ${end}: Stocktaking`, earliestAt: end },
      {
        message: expect.stringContaining('"year ends" opens next, at'),
        earliestAt: expect.stringMatching(/-12-31T02:00:00\.000Z$/),
      },
    ]);

    // However slow this is: a shorter one takes over from the one that was seen, and ends by itself.
    await suppressed(new Date(Date.now() + SOON_MS).toISOString());
    await client.delete(`/api/v1/suppressions/${String(id)}`);
    await heldBy('dependency_version', 'maintenance_window');
    await client.release('base', '2.0.0', await testChart('base', '2.0.0'));
    const shut = await heldBy('maintenance_window');
    expect(shut.earliestAt).toBe(shut.unmet[0]?.earliestAt);

    await client.delete(`/api/v1/constraints/${String(window['id'])}`);
    expect(await client.ended('shop', 1)).toMatchObject({ type: 'upgrade', state: 'SUCCEEDED' });
    expect(await client.plans('shop')).toHaveLength(2);
  });
});
