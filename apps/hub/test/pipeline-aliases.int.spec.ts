import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aDeployment } from '@apollo-deploy/domain/testing';
import { TestHub } from '../src/testing/test-hub.js';

let hub: TestHub;
/** `web` was deployed to the only environment of tier production; there are two of tier staging. */
beforeAll(async () => {
  hub = await TestHub.start();
  for (const [name, tier] of [
    ['live', 'production'],
    ['blue', 'staging'],
    ['green', 'staging'],
  ] as const) {
    await hub.post('/api/v1/environments', { name, tier });
  }
  await hub.post('/api/v1/products', { name: 'web', criticality: 'low' });
  const deployed = aDeployment({ id: 'it', service: 'web', environment: 'live' });
  await hub.store.transact((unit) => unit.deployments.insert(deployed));
});
afterAll(() => hub.stop());

describe('the names that the pipeline has for environments', () => {
  it.each(['prod', 'live'])('find status and history: %s', async (name) => {
    expect(await hub.get(`/status/web?environment=${name}`)).toMatchObject({
      status: 200,
      body: { environment: 'live' },
    });
    expect(await hub.get(`/history/web?environment=${name}`)).toMatchObject({
      status: 200,
      body: { total_deployments: 1, history: [{ environment: 'live' }] },
    });
  });

  it.each([
    { path: '/deploy', body: { target_env: 'staging' }, field: 'target_env' },
    { path: '/promote', body: { from_env: 'staging' }, field: 'from_env' },
    { path: '/rollback', body: { environment: 'staging' }, field: 'environment' },
  ])('mean none of two in $path, which says so', async ({ path, body, field }) => {
    expect(await hub.post(path, { service: 'web', ...body })).toMatchObject({
      status: 404,
      body: {
        code: 'catalog/environment_not_found',
        detail:
          'there is no environment "staging", nor just one of tier staging, which that would mean; name one that GET /api/v1/environments lists',
        field,
      },
    });
  });
});
