import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aPlan } from '@apollo-deploy/orchestration/testing';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestHub } from '../src/testing/test-hub.js';

interface OperationItem {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>;
}
type PathItem = Readonly<Partial<Record<'get' | 'put' | 'delete' | 'patch', OperationItem>>>;

/** How a part of a thing (`…/limit`) is read: along with the thing. */
function whole(paths: readonly (readonly [string, PathItem])[], path: string): PathItem['get'] {
  return new Map(paths).get(path.slice(0, path.lastIndexOf('/')))?.get;
}

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
      name: 'constraints',
      made: {
        name: 'freeze',
        kind: 'suppression_window',
        spec: { start: '2027-01-01T00:00:00Z', end: '2027-01-02T00:00:00Z', reason: 'Stocktaking' },
      },
    },
    {
      name: 'suppressions',
      made: { start: '2027-01-01T00:00:00Z', end: '2027-01-02T00:00:00Z', reason: 'Stocktaking' },
    },
    {
      name: 'schedules',
      made: { name: 'nights', cron: '0 2 * * *', durationHours: 2, environments: ['dev'] },
    },
  ])('are the version of what is made, shown and removed: $name', async ({ name, made }) => {
    const answer = await hub.post(`/api/v1/${name}`, made);
    const path = `/api/v1/${name}/${String(answer.body['id'])}`;
    const shown = await hub.get(path);
    const etag = shown.headers.get('etag') ?? '';

    expect([answer.status, answer.headers.get('etag'), etag]).toEqual([201, '"1"', '"1"']);
    expect(shown.body).toEqual(answer.body);
    const removed = await hub.send('DELETE', path, { headers: { 'if-match': etag } });
    expect(removed.status).toBe(204);
    expect((await hub.get(path)).status).toBe(404);
  });

  it('are shown wherever a change can ask for one, as the OpenAPI document says', async () => {
    const { body } = await hub.get('/api/openapi.json');
    const paths = Object.entries(body['paths'] as Readonly<Record<string, PathItem>>);
    const changes = paths.flatMap(([path, { get, put, delete: remove, patch }]) =>
      Object.entries({ PUT: put, DELETE: remove, PATCH: patch }).flatMap(([method, change]) =>
        change === undefined
          ? []
          : { path, own: get, get: get ?? whole(paths, path), method, change },
      ),
    );
    const asked = changes.filter(({ change }) =>
      change.parameters?.some((one) => one.in === 'header' && one.name === 'If-Match'),
    );

    expect(asked.map(({ path }) => path).sort()).toEqual([
      '/api/v1/approval-rules/{name}',
      '/api/v1/approval-rules/{name}',
      '/api/v1/break-glass/{id}',
      '/api/v1/constraints/{id}',
      '/api/v1/entities/{name}',
      '/api/v1/entities/{name}/adoption',
      '/api/v1/entities/{name}/adoption',
      '/api/v1/environments/{name}/limit',
      '/api/v1/people/{name}/roles',
      '/api/v1/products/{name}/limit',
      '/api/v1/schedules/{id}',
      '/api/v1/suppressions/{id}',
      '/api/v1/webhooks/{id}',
      '/api/v1/webhooks/{id}',
    ]);
    const shows = (path: string, get: OperationItem | undefined) => [
      path,
      Object.keys(get?.responses['200']?.headers ?? {}),
    ];
    expect(asked.map(({ path, get }) => shows(path, get))).toEqual(
      asked.map(({ path }) => [path, ['ETag']]),
    );
    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    const admin = await anAccount(context, 'admin', { roles: ['admin'] });
    // What shows no ETag has no version: a condition on it is refused.
    for (const { path, own, method } of changes) {
      if (asked.some((one) => one.path === path)) continue;
      expect(shows(path, own)).toEqual([path, []]);
      const answer = await hub.send(method, path.replace(/\{\w+\}/, 'x'), {
        headers: { ...admin, 'if-match': '"1"' },
      });
      expect([path, answer.status, answer.body['field']]).toEqual([path, 400, 'If-Match']);
    }
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
