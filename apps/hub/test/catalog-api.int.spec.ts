import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aChart, archiveOf } from '../src/testing/chart-archive.js';
import { TestHub } from '../src/testing/test-hub.js';

const NOW = '2026-03-01T12:00:00.000Z';

describe('the API of the catalog', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    await hub.post('/api/v1/products', { name: 'shop', criticality: 'low' });
  });
  afterAll(() => hub.stop());

  it('makes, lists and shows environments', async () => {
    const body = { name: 'staging', tier: 'staging', execution: 'manual', maxConcurrent: 2 };
    const expected = {
      ...body,
      channel: 'staging',
      rollbackOnFailure: true,
      createdAt: NOW,
      version: 1,
    };

    expect(await hub.post('/api/v1/environments', body)).toMatchObject({
      status: 201,
      body: expected,
    });
    expect((await hub.get('/api/v1/environments/staging')).body).toEqual(expected);
    const list = await hub.get('/api/v1/environments');
    expect(list.body).toMatchObject({ items: [{ name: 'dev' }, { name: 'staging' }] });
    expect(list.body).not.toHaveProperty('next');
  });

  it('makes a product that limits how many of its plans execute', async () => {
    const body = { name: 'billing', criticality: 'high', maxConcurrent: 3 };
    expect(await hub.post('/api/v1/products', body)).toMatchObject({ status: 201, body });
    expect((await hub.get('/api/v1/products/billing')).body).toMatchObject(body);
    const bad = await hub.post('/api/v1/products', { ...body, name: 'other', maxConcurrent: 0 });
    expect(bad.status).toBe(400);
    expect(JSON.stringify(bad.body)).toContain('maxConcurrent');
  });

  it.each(['/api/v1/environments/dev', '/api/v1/products/shop'])(
    'changes the limit of %s in the version that was seen',
    async (path) => {
      const put = (body: object, version: number) =>
        hub.put(`${path}/limit`, body, { 'If-Match': `"${String(version)}"` });
      const changed = await put({ maxConcurrent: 7 }, 1);
      expect(changed).toMatchObject({ status: 200, body: { maxConcurrent: 7, version: 2 } });
      expect(changed.headers.get('etag')).toBe('"2"');
      expect((await put({ maxConcurrent: 8 }, 1)).status).toBe(412);
      expect((await put({ maxConcurrent: 0 }, 2)).status).toBe(400);
      expect((await put({}, 2)).body).not.toHaveProperty('maxConcurrent');
      expect((await hub.get(path)).body).toMatchObject({ version: 3 });
      expect((await hub.put(`${path}-not/limit`, {})).status).toBe(404);
    },
  );

  it('registers a release with its chart, and shows the channels that hold it', async () => {
    const annotations = 'annotations:\n  apollo/strategies: canary\n';
    const content = `apiVersion: v2\nname: shop\nversion: 1.4.2\n${annotations}`;
    const chart = await archiveOf([{ name: 'shop/Chart.yaml', content }]);
    const dependencies = [{ product: 'other', range: '^2.0.0' }];
    const registered = await hub.release(
      {
        ...{ product: 'shop', version: '1.4.2', requires: '["gpu","gpu"]' },
        dependencies: JSON.stringify(dependencies),
      },
      chart,
    );

    expect(registered.status).toBe(201);
    expect(registered.body).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      product: 'shop',
      version: '1.4.2',
      chart: {
        name: 'shop',
        version: '1.4.2',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        size: chart.length,
      },
      dependencies: [{ product: 'other', range: '^2.0.0', optional: false }],
      requires: ['gpu'],
      strategies: ['canary'],
      channels: [],
      recalled: false,
      createdAt: NOW,
      createdBy: 'dev-operator',
    });
    const added = await hub.post('/api/v1/channels/dev/releases', {
      product: 'shop',
      version: '1.4.2',
    });
    expect(added).toMatchObject({
      status: 200,
      body: { channel: 'dev', product: 'shop', version: '1.4.2' },
    });
    expect((await hub.get(`/api/v1/releases/${String(registered.body['id'])}`)).body).toEqual({
      ...registered.body,
      channels: ['dev'],
    });
    expect((await hub.get('/api/v1/releases?product=shop')).body).toMatchObject({
      items: [{ version: '1.4.2', channels: ['dev'] }],
    });
    expect((await hub.get('/api/v1/releases?product=other')).body).toEqual({ items: [] });
    expect((await hub.get('/api/v1/channels')).body).toEqual({ items: [{ name: 'dev' }] });
  });

  it.each([
    { name: 'a word that no spoke can say', requires: '["GPU!"]', told: 'requires[0]' },
    { name: 'something else than words', requires: '{"gpu":true}', told: 'requires' },
  ])('refuses a release that requires $name', async ({ requires, told }) => {
    const chart = await aChart('shop', '1.9.0');
    const refused = await hub.release({ product: 'shop', version: '1.9.0', requires }, chart);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain(told);
  });

  it('gives a spoke a token, and shows the spoke without it', async () => {
    const issued = await hub.post('/api/v1/join-tokens', {
      spoke: 'dev-1',
      environment: 'dev',
      maxConcurrent: 4,
    });

    expect(issued.status).toBe(201);
    expect(issued.body).toEqual({
      token: expect.stringMatching(/^apollo-join_dev-1_[A-Za-z0-9_-]{43}$/),
      expiresAt: '2026-03-01T13:00:00.000Z',
    });
    const spokes = await hub.get('/api/v1/spokes');
    expect(spokes.body).toEqual({
      items: [
        {
          id: 'dev-1',
          name: 'dev-1',
          environment: 'dev',
          status: 'pending',
          key: null,
          alarm: null,
          revocation: null,
          simulated: null,
          agentVersion: null,
          helmVersion: null,
          kubernetesVersion: null,
          lastSeenAt: null,
          blindSince: null,
          clockSkewMs: null,
          maxConcurrent: 4,
          capabilities: [],
          seenNamespaces: null,
          unseenNamespaces: [],
          trustedKeys: null,
          unknownPlans: [],
          createdAt: NOW,
        },
      ],
    });
    const limit = '/api/v1/spokes/dev-1/limit';
    expect((await hub.put(limit, {}, { 'If-Match': '"1"' })).status).toBe(400);
    expect((await hub.put(limit, { maxConcurrent: 2 })).body).toMatchObject({ maxConcurrent: 2 });
    expect((await hub.put(limit, {})).body).toMatchObject({ maxConcurrent: 10 });
    expect((await hub.put('/api/v1/spokes/no/limit', {})).status).toBe(404);
    const audit = await hub.get('/api/v1/audit?subject=spoke/dev-1');
    expect(audit.body).toMatchObject({
      items: [
        {
          actor: 'dev-operator',
          action: 'spoke.token',
          requestId: issued.headers.get('x-request-id'),
        },
        { action: 'spoke.limit', detail: { from: 4, to: 2 } },
        { action: 'spoke.limit', detail: { from: 2, to: 10 } },
      ],
    });
    expect(JSON.stringify(audit.body)).not.toContain(String(issued.body['token']));
  });
});
