import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPlan } from '@apollo-deploy/orchestration/testing';
import { TestHub } from '../src/testing/test-hub.js';

const ENTITY = { spoke: 'dev-1', product: 'shop', desired: { absent: true } };

describe('ETags', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    await hub.post('/api/v1/products', { name: 'shop', criticality: 'low' });
    await hub.post('/api/v1/join-tokens', { spoke: 'dev-1', environment: 'dev' });
    await hub.put('/api/v1/entities/shop', ENTITY);
    // Of an entity that is not there, so that no evaluation touches it.
    await hub.store.transact((unit) => unit.plans.insert(aPlan({ id: 'plan-1' })));
  });
  afterAll(() => hub.stop());

  it.each([
    { name: 'an environment', path: '/api/v1/environments/dev' },
    { name: 'a product', path: '/api/v1/products/shop' },
    { name: 'an entity', path: '/api/v1/entities/shop' },
    { name: 'a plan', path: '/api/v1/plans/plan-1' },
  ])('are the version where one thing is shown: $name', async ({ path }) => {
    const { headers, body } = await hub.get(path);

    expect(body['version']).toBe(1);
    expect(headers.get('etag')).toBe('"1"');
  });

  it.each([
    {
      name: 'an environment that was made',
      send: () => hub.post('/api/v1/environments', { name: 'prod', tier: 'production' }),
      expected: '"1"',
    },
    {
      name: 'a product that was made',
      send: () => hub.post('/api/v1/products', { name: 'cart', criticality: 'low' }),
      expected: '"1"',
    },
    {
      name: 'an entity that was changed',
      send: () => hub.put('/api/v1/entities/shop', { ...ENTITY, labels: { team: 'web' } }),
      expected: '"2"',
    },
    {
      name: 'a plan that was cancelled',
      send: () => hub.post('/api/v1/plans/plan-1/cancel', { reason: 'wrong version' }),
      expected: '"2"',
    },
  ])('are the version after a change: $name', async ({ send, expected }) => {
    const { headers, body } = await send();

    expect(headers.get('etag')).toBe(expected);
    expect(`"${String(body['version'])}"`).toBe(expected);
  });

  it('come with an answer that is given again', async () => {
    const make = () =>
      hub.post(
        '/api/v1/products',
        { name: 'again', criticality: 'low' },
        { 'idempotency-key': 'etag' },
      );
    await make();
    const again = await make();

    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('etag')).toBe('"1"');
  });

  it.each([
    { name: 'a list', path: '/api/v1/products' },
    { name: 'what has no version', path: '/api/v1/spokes/dev-1' },
    { name: 'a refusal', path: '/api/v1/products/none' },
    { name: 'health', path: '/health' },
  ])('are not made up for $name', async ({ path }) => {
    expect((await hub.get(path)).headers.get('etag')).toBeNull();
  });

  it.each([
    { name: 'a hold', path: '/api/v1/holds/x' },
    { name: 'a recall', path: '/api/v1/recalls/x' },
  ])('cannot be asked for where there is no version: $name', async ({ path }) => {
    expect(await hub.send('DELETE', path, { headers: { 'if-match': '"1"' } })).toMatchObject({
      status: 400,
      body: { field: 'If-Match' },
    });
  });

  it.each(['constraints', 'suppressions'])(
    'of another version than is stored keep it from being removed: %s',
    async (list) => {
      const { body } = await hub.post('/api/v1/suppressions', {
        ...{ start: '2027-01-01T00:00:00Z', end: '2027-01-02T00:00:00Z', reason: 'Stocktaking' },
      });
      const path = `/api/v1/${list}/${String(body['id'])}`;
      const remove = (etag: string) => hub.send('DELETE', path, { headers: { 'if-match': etag } });

      expect(await remove('"7"')).toMatchObject({ status: 412, body: { field: 'If-Match' } });
      expect((await remove('"1"')).status).toBe(204);
    },
  );

  it.each(['GET', 'HEAD'])(
    'never keep from %s what has changed under the same version',
    async (method) => {
      // `fetch` asks past every cache once it is given a condition; others may not.
      const headers = { 'if-none-match': '"1", "2"' };
      const asked = request(`${hub.url}/api/v1/entities/shop`, { method, headers }).end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      response.resume();

      expect(response.statusCode).toBe(200);
    },
  );
});
