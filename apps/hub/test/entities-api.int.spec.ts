import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aChart } from '../src/testing/chart-archive.js';
import { TestHub } from '../src/testing/test-hub.js';

const NOW = '2026-03-01T12:00:00.000Z';
const body = { spoke: 'dev-1', product: 'shop', desired: { channel: 'dev' } };

describe('the API of entities', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    await hub.post('/api/v1/products', { name: 'shop', criticality: 'low' });
    await hub.post('/api/v1/join-tokens', { spoke: 'dev-1', environment: 'dev' });
    await hub.release({ product: 'shop', version: '1.4.2' }, await aChart('shop', '1.4.2'));
    await hub.post('/api/v1/channels/dev/releases', { product: 'shop', version: '1.4.2' });
  });
  afterAll(() => hub.stop());

  it('makes one, changes it only for who saw its last version, and shows it', async () => {
    const made = await hub.put('/api/v1/entities/shop-dev', {
      ...body,
      values: { constructor: 1 },
    });
    expect(made).toMatchObject({ status: 201, body: { version: 1, values: { constructor: 1 } } });
    expect(made.headers.get('etag')).toBe('"1"');

    const change = {
      ...{ ...body, values: { replicas: 2 }, labels: { team: 'web' } },
      fieldConflicts: 'refuse',
    };
    const changed = await hub.put('/api/v1/entities/shop-dev', change, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { version: 2, labels: { team: 'web' } } });
    expect(changed.headers.get('etag')).toBe('"2"');

    const late = await hub.put('/api/v1/entities/shop-dev', change, { 'if-match': '"1"' });
    expect(late).toMatchObject({
      status: 412,
      body: { code: 'catalog/version_conflict', field: 'If-Match', data: { version: 2 } },
    });
    const again = await hub.put('/api/v1/entities/shop-dev', change, { 'if-none-match': '*' });
    expect(again.status).toBe(412);
    const odd = await hub.put('/api/v1/entities/shop-dev', change, { 'if-match': 'W/"2"' });
    expect(odd).toMatchObject({ status: 400, body: { field: 'If-Match' } });

    expect((await hub.get('/api/v1/entities/shop-dev', { 'if-none-match': '"2"' })).body).toEqual({
      id: 'shop-dev',
      name: 'shop-dev',
      spoke: 'dev-1',
      environment: 'dev',
      product: 'shop',
      namespace: 'shop',
      releaseName: 'shop',
      desired: { channel: 'dev' },
      values: { replicas: 2 },
      labels: { team: 'web' },
      strategy: 'rolling',
      adopt: false,
      fieldConflicts: 'refuse',
      target: { version: '1.4.2', reason: '1.4.2 is the newest of channel dev' },
      reported: null,
      status: 'unknown',
      why: 'no report yet from spoke dev-1 about namespace shop',
      editedBy: 'dev-operator',
      createdAt: NOW,
      updatedAt: NOW,
      version: 2,
    });
  });

  it('are found by environment, product and status', async () => {
    await hub.put('/api/v1/entities/shop-two', { ...body, namespace: 'two' });
    const names = async (query: string): Promise<unknown> =>
      ((await hub.get(`/api/v1/entities?${query}`)).body['items'] as { name: string }[]).map(
        ({ name }) => name,
      );

    expect(await names('environment=dev&product=shop')).toEqual(['shop-dev', 'shop-two']);
    expect(await names('status=unknown')).toEqual(['shop-dev', 'shop-two']);
    expect(await names('status=up_to_date')).toEqual([]);
    expect(await names('environment=staging')).toEqual([]);
    expect(await names('after=shop-dev')).toEqual(['shop-two']);
    expect((await hub.get('/api/v1/entities?status=unknown&limit=1')).body).toMatchObject({
      items: [{ name: 'shop-dev' }],
      next: 'shop-dev',
    });
    const last = await hub.get('/api/v1/entities?status=unknown&limit=1&after=shop-dev');
    expect(last.body).toMatchObject({ items: [{ name: 'shop-two' }] });
    expect(last.body).not.toHaveProperty('next');
  });

  it('have no expected state before their spoke has reported', async () => {
    expect(await hub.get('/api/v1/entities/shop-dev/expected-state')).toMatchObject({
      status: 404,
      body: { code: 'http/no_report' },
    });
    expect(await hub.get('/api/v1/entities/none/expected-state')).toMatchObject({
      status: 404,
      body: { code: 'catalog/entity_not_found' },
    });
  });

  it('evaluates on request, and says what came of it', async () => {
    expect(await hub.post('/api/v1/evaluations', { entity: 'shop-dev' })).toMatchObject({
      status: 200,
      body: { evaluated: 1, proposed: [], blocked: [], unchanged: 1 },
    });
    expect(await hub.post('/api/v1/evaluations', {})).toMatchObject({ body: { evaluated: 2 } });
    expect(await hub.post('/api/v1/evaluations', { entity: 'none' })).toMatchObject({
      status: 404,
      body: { code: 'catalog/entity_not_found', field: 'entity' },
    });
    expect(await hub.post('/api/v1/evaluations', { force: true })).toMatchObject({
      status: 400,
      body: { field: 'entity' },
    });
  });
});
