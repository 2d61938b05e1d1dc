import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPlan } from '@apollo-deploy/orchestration/testing';
import { aChart } from '../src/testing/chart-archive.js';
import { TestHub } from '../src/testing/test-hub.js';

describe('pages', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    for (const name of ['p1', 'p2', 'p3', 'shop']) {
      await hub.post('/api/v1/products', { name, criticality: 'low' });
    }
  });
  afterAll(() => hub.stop());

  it('begin after what was named and say where the next one begins', async () => {
    expect((await hub.get('/api/v1/products?limit=2')).body).toMatchObject({
      items: [{ name: 'p1' }, { name: 'p2' }],
      next: 'p2',
    });
    expect((await hub.get('/api/v1/products?limit=2&after=p2')).body).toMatchObject({
      items: [{ name: 'p3' }, { name: 'shop' }],
    });
    expect((await hub.get('/api/v1/products?after=zzz')).body).toEqual({ items: [] });
    expect((await hub.get('/api/v1/products?limit=200')).status).toBe(200);
  });

  it('are made of channels too', async () => {
    await hub.release({ product: 'shop', version: '1.0.0' }, await aChart('shop', '1.0.0'));
    for (const channel of ['stable', 'candidate', 'dev']) {
      const release = { product: 'shop', version: '1.0.0' };
      await hub.post(`/api/v1/channels/${channel}/releases`, release);
    }

    expect((await hub.get('/api/v1/channels?limit=2')).body).toEqual({
      items: [{ name: 'candidate' }, { name: 'dev' }],
      next: 'dev',
    });
    expect((await hub.get('/api/v1/channels?limit=2&after=dev')).body).toEqual({
      items: [{ name: 'stable' }],
    });
    expect((await hub.get('/api/v1/channels?after=d')).body).toMatchObject({
      items: [{ name: 'dev' }, { name: 'stable' }],
    });
    expect((await hub.get('/api/v1/channels?limit=3')).body).not.toHaveProperty('next');
  });

  it.each(['limit=0', 'limit=201', 'limit=ten', 'after=', 'name=dev'])(
    'of channels refuse %p',
    async (query) => {
      expect(await hub.get(`/api/v1/channels?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'http/invalid_request', field: query.split('=')[0] },
      });
    },
  );

  it.each(['0', '201', '-1', '1.5', '1e9', '1000000000000', 'ten', '', '1&limit=2'])(
    'refuse a limit of %p',
    async (limit) => {
      expect(await hub.get(`/api/v1/products?limit=${limit}`)).toMatchObject({
        status: 400,
        body: {
          code: 'http/invalid_request',
          field: 'limit',
          errors: [{ field: 'limit', detail: expect.stringContaining('from 1 to 200') }],
        },
      });
    },
  );

  it.each([
    { name: 'plans', path: '/api/v1/plans?' },
    { name: 'plans of an environment', path: '/api/v1/plans?environment=dev&' },
    { name: 'the audit trail', path: '/api/v1/audit?' },
  ])('of $name refuse a place that none of them said', async ({ path }) => {
    for (const after of ['unknown', '01ARZ3NDEKTSV4RRFFQ69G5FAV', "' OR 1=1 --"]) {
      expect(await hub.get(`${path}after=${encodeURIComponent(after)}`)).toMatchObject({
        status: 400,
        body: {
          code: 'http/invalid_request',
          field: 'after',
          detail: `after is ${JSON.stringify(after)}, which is the next of no page of this list; begin without it`,
        },
      });
    }
  });

  it('of one environment do not tell whether a plan of another one is there', async () => {
    await hub.store.transact((unit) =>
      unit.plans.insert(aPlan({ id: 'plan-prod', environment: 'prod' })),
    );
    expect(await hub.get('/api/v1/plans?after=plan-prod')).toMatchObject({ status: 200 });
    expect(await hub.get('/api/v1/plans?environment=prod&after=plan-prod')).toMatchObject({
      status: 200,
    });
    expect(await hub.get('/api/v1/plans?environment=dev&after=plan-prod')).toMatchObject({
      status: 400,
      body: { field: 'after' },
    });
  });

  it.each([
    { what: 'entity', listed: 'entities' },
    { what: 'environment', listed: 'environments' },
  ])(
    'of plans of an $what that there is not are refused, and name it',
    async ({ what, listed }) => {
      expect(await hub.get(`/api/v1/plans?${what}=nope`)).toMatchObject({
        status: 404,
        body: {
          ...{ code: `catalog/${what}_not_found`, field: what },
          detail: `there is no ${what} "nope"; GET /api/v1/${listed} lists them`,
        },
      });
    },
  );

  it('refuse what they do not know, so that a slip does not become everything', async () => {
    expect(await hub.get('/api/v1/entities?stauts=blocked')).toMatchObject({
      status: 400,
      body: {
        field: 'stauts',
        detail:
          '"stauts" is not a field of this request; accepted are environment, product, spoke, status, after, limit',
      },
    });
    expect(await hub.get('/api/v1/entities?status=broken')).toMatchObject({ status: 400 });
    expect(await hub.get('/api/v1/plans?from=yesterday')).toMatchObject({
      status: 400,
      body: { field: 'from' },
    });
  });
});
