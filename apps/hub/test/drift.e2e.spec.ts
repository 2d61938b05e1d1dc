import { eventually } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PlanBody } from './support/hub-client.js';
import { testChart } from './support/test-chart.js';
import { TestSystem } from './support/test-system.js';

interface ExpectedState {
  readonly health: string;
  readonly objects: readonly { readonly kind: string; readonly digest?: string }[];
  readonly drift: readonly {
    readonly kind: string;
    readonly field?: string;
    readonly expected?: string;
    readonly live?: string;
  }[];
}

const HOUR_MS = 3_600_000;

describe('what somebody changes by hand', () => {
  let system: TestSystem;
  let namespace: string;
  beforeAll(async () => {
    system = await TestSystem.running();
    namespace = await system.cluster.freshNamespace('drift');
    const { client } = system;
    await client.post('/api/v1/products', { name: 'web', criticality: 'low' });
    await client.release('web', '1.0.0', await testChart('web', '1.0.0'));
    const body = { spoke: 'dev', product: 'web', namespace, desired: { channel: 'dev' } };
    await client.put('/api/v1/entities/web', body);
    expect(await client.ended('web', 0)).toMatchObject({ state: 'SUCCEEDED' });
  });
  afterAll(() => system.stop());

  /** Nothing is changed until the answered function was called. */
  async function frozen(): Promise<() => Promise<void>> {
    const [start, end] = [new Date(), new Date(Date.now() + HOUR_MS)].map((at) => at.toISOString());
    const freeze = { start, end, reason: 'A person looks first', scope: { products: ['web'] } };
    const { id } = await system.client.post('/api/v1/suppressions', freeze);
    return () => system.client.delete(`/api/v1/suppressions/${String(id)}`);
  }

  /** Waits for the plan that was made as this one of `web`, and held. */
  function held(index: number): Promise<PlanBody> {
    return eventually(`plan ${String(index)} of web`, async () => {
      const plan = (await system.client.plans('web'))[index];
      return plan?.state === 'BLOCKED' ? plan : undefined;
    });
  }

  /** Waits until the hub shows `web` so. */
  function shown(what: string, matches: (state: ExpectedState) => boolean): Promise<ExpectedState> {
    return eventually(what, async () => {
      const state = await system.client.get<ExpectedState>('/api/v1/entities/web/expected-state');
      return matches(state) ? state : undefined;
    });
  }

  it('is shown field by field, brings a plan, and is gone once that was let through', async () => {
    const { client, cluster } = system;
    const untouched = await shown('web to be well', ({ health }) => health === 'Healthy');
    expect(untouched).toMatchObject({ drift: [], objects: [{ kind: 'Deployment' }] });

    const letThrough = await frozen();
    const containers = [{ name: 'main', image: 'registry.invalid/by-hand:1' }];
    const edited = await cluster.send({
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
      body: { spec: { replicas: 3, template: { spec: { containers } } } },
    });
    expect(edited.status).toBe(200);
    const drifted = await shown('web to drift', ({ drift }) => drift.length > 0);
    expect(drifted.drift).toMatchObject([
      { kind: 'Deployment', field: 'spec.replicas', expected: '1', live: '3' },
      {
        field: 'spec.template.spec.containers[name=main].image',
        ...{ expected: '"registry.invalid/web:1.0.0"', live: '"registry.invalid/by-hand:1"' },
      },
    ]);
    expect(drifted.objects).not.toEqual(untouched.objects);

    expect(await held(1)).toMatchObject({ type: 'config_update', to: { version: '1.0.0' } });
    expect(await client.entity('web')).toMatchObject({ reported: { revision: 1, drifted: true } });

    await letThrough();
    expect(await client.ended('web', 1)).toMatchObject({ state: 'SUCCEEDED' });
    const repaired = await shown('web to be as its chart says', ({ drift }) => drift.length === 0);
    expect(repaired.objects).toMatchObject([{ digest: untouched.objects[0]?.digest }]);
    expect(await client.status('web', 'up_to_date')).toMatchObject({
      reported: { revision: 2, drifted: false },
    });
    expect(await client.plans('web')).toHaveLength(2);
  });
});
