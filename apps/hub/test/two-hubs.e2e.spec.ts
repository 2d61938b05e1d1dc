import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HubClient } from './support/hub-client.js';
import { testChart } from './support/test-chart.js';
import { TestSystem } from './support/test-system.js';

describe('two hubs started at once on one empty database', () => {
  let system: TestSystem;
  let second: HubClient;
  beforeAll(async () => {
    system = await TestSystem.create({ hubs: 2, schema: false });
    second = new HubClient(`http://127.0.0.1:${String(system.ports[1])}`);
    for (const hub of system.hubs) hub.start();
    await Promise.all([system.client.ready(), second.ready()]);
  });
  afterAll(() => system.stop());

  it('both come up, and what one writes the other shows', async () => {
    await system.client.post('/api/v1/environments', { name: 'prod', tier: 'production' });
    const { items } = await second.list('/api/v1/environments');
    expect(items).toContainEqual(expect.objectContaining({ name: 'prod' }));
  });

  it('carry out by the spoke of the first what was wanted of the second', async () => {
    await system.joinSpoke();
    const namespace = await system.cluster.freshNamespace('two-hubs');
    await second.post('/api/v1/products', {
      name: 'web',
      criticality: 'low',
      rolloutTimeoutSeconds: 60,
    });
    await second.release('web', '1.0.0', await testChart('web', '1.0.0'));
    const desired = { spoke: 'dev', product: 'web', namespace, desired: { channel: 'dev' } };
    await second.put('/api/v1/entities/web', desired);
    expect(await second.ended('web', 0)).toMatchObject({ type: 'install', state: 'SUCCEEDED' });
    expect(await system.client.status('web', 'up_to_date')).toMatchObject({
      reported: { version: '1.0.0', revision: 1 },
    });
    expect(await system.history(namespace, 'web')).toMatchObject([{ status: 'deployed' }]);
  });
});
