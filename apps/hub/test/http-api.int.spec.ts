import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aChart } from '../src/testing/chart-archive.js';
import { TestHub } from '../src/testing/test-hub.js';

const NOW = '2026-03-01T12:00:00.000Z';

describe('the HTTP API', () => {
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

  it('registers a release with its chart, and shows the channels that hold it', async () => {
    const chart = await aChart('shop', '1.4.2');
    const dependencies = [{ product: 'other', range: '^2.0.0' }];
    const registered = await hub.release(
      { product: 'shop', version: '1.4.2', dependencies: JSON.stringify(dependencies) },
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

  it('gives a spoke a token, and shows the spoke without it', async () => {
    const issued = await hub.post('/api/v1/join-tokens', { spoke: 'dev-1', environment: 'dev' });

    expect(issued.status).toBe(201);
    expect(issued.body).toEqual({
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
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
          simulated: null,
          agentVersion: null,
          helmVersion: null,
          kubernetesVersion: null,
          lastSeenAt: null,
          capabilities: [],
          createdAt: NOW,
        },
      ],
    });
    const audit = await hub.get('/api/v1/audit?subject=spoke/dev-1');
    expect(audit.body).toMatchObject({
      items: [
        {
          actor: 'dev-operator',
          action: 'spoke.token',
          requestId: issued.headers.get('x-request-id'),
        },
      ],
    });
    expect(JSON.stringify(audit.body)).not.toContain(String(issued.body['token']));
  });

  describe('of entities', () => {
    const body = { spoke: 'dev-1', product: 'shop', desired: { channel: 'dev' } };

    it('makes one, changes it only for who saw its last version, and shows it', async () => {
      const made = await hub.put('/api/v1/entities/shop-dev', {
        ...body,
        values: { constructor: 1 },
      });
      expect(made).toMatchObject({ status: 201, body: { version: 1, values: { constructor: 1 } } });
      expect(made.headers.get('etag')).toBe('"1"');

      const change = { ...body, values: { replicas: 2 }, labels: { team: 'web' } };
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

      expect((await hub.get('/api/v1/entities/shop-dev', { 'if-none-match': '"2"' })).body).toEqual(
        {
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
          target: { version: '1.4.2', reason: '1.4.2 is the newest of channel dev' },
          reported: null,
          status: 'unknown',
          why: 'no report yet from spoke dev-1',
          editedBy: 'dev-operator',
          createdAt: NOW,
          updatedAt: NOW,
          version: 2,
        },
      );
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

  it('says how it is', async () => {
    expect(await hub.get('/health')).toMatchObject({
      status: 200,
      body: {
        status: 'healthy',
        agent: 'APOLLO',
        port: Number(new URL(hub.url).port),
        version: '0.1.0',
        role: 'Deployment Orchestrator',
        timestamp: NOW,
      },
    });
    expect((await hub.get('/healthz')).status).toBe(200);
    expect(await hub.get('/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ready', store: 'answers', draining: false },
    });
  });

  describe('pages', () => {
    beforeAll(async () => {
      for (const name of ['p1', 'p2', 'p3']) {
        await hub.post('/api/v1/products', { name, criticality: 'low' });
      }
    });

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

  describe('idempotency keys', () => {
    const product = { name: 'keyed', criticality: 'low' };
    const key = { 'idempotency-key': 'a-key' };

    it('give the same request the same answer, and one effect', async () => {
      const first = await hub.post('/api/v1/products', product, key);
      const second = await hub.post('/api/v1/products', product, key);

      expect(first.status).toBe(201);
      expect(second.status).toBe(201);
      expect(second.body).toEqual(first.body);
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(second.headers.get('idempotency-replayed')).toBe('true');
    });

    it.each([
      { name: 'another body', path: '/api/v1/products', body: { ...product, name: 'other' } },
      {
        name: 'another address',
        path: '/api/v1/environments',
        body: { name: 'x', tier: 'staging' },
      },
    ])('refuse $name', async ({ path, body }) => {
      expect(await hub.post(path, body, key)).toMatchObject({
        status: 409,
        body: { code: 'http/idempotency_mismatch', field: 'Idempotency-Key' },
      });
    });

    it('let one of two at once through', async () => {
      const twice = ['first', 'second'].map(() =>
        hub.post(
          '/api/v1/products',
          { name: 'raced', criticality: 'low' },
          { 'idempotency-key': 'race' },
        ),
      );
      const answers = await Promise.all(twice);

      const codes = answers.map(({ status, body }) => body['code'] ?? status);
      expect(codes).toContain(201);
      expect(codes.filter((code) => code !== 201 && code !== 'http/idempotency_in_flight')).toEqual(
        [],
      );
    });

    it('know an upload by its bytes', async () => {
      const upload = (chart: Uint8Array): ReturnType<TestHub['release']> =>
        hub.release({ product: 'shop', version: '2.0.0' }, chart, { 'idempotency-key': 'upload' });
      const chart = await aChart('shop', '2.0.0');

      expect((await upload(chart)).status).toBe(201);
      expect((await upload(chart)).status).toBe(201);
      expect((await upload(await aChart('shop', '2.0.1'))).body).toMatchObject({
        code: 'http/idempotency_mismatch',
      });
    });

    it('may be used again after a refusal', async () => {
      const entity = { entity: 'later' };
      const headers = { 'idempotency-key': 'refused' };
      expect((await hub.post('/api/v1/evaluations', entity, headers)).status).toBe(404);
      await hub.put('/api/v1/entities/later', {
        spoke: 'dev-1',
        product: 'shop',
        namespace: 'later',
        desired: { absent: true },
      });
      expect((await hub.post('/api/v1/evaluations', entity, headers)).status).toBe(200);
    });

    it('never keep a token', async () => {
      const body = { spoke: 'dev-2', environment: 'dev' };
      const headers = { 'idempotency-key': 'token' };
      const first = await hub.post('/api/v1/join-tokens', body, headers);

      expect(first.status).toBe(201);
      expect(await hub.post('/api/v1/join-tokens', body, headers)).toMatchObject({
        status: 409,
        body: { code: 'http/idempotency_secret_answer' },
      });
      const kept = await hub.store.transact((unit) =>
        unit.idempotency.get('dev-operator', 'token'),
      );
      expect(JSON.stringify(kept)).not.toContain(String(first.body['token']));
    });

    it.each(['', ' ', 'a b', 'x'.repeat(256)])('are not %p', async (bad) => {
      const answer = await hub.post('/api/v1/products', product, { 'idempotency-key': bad });

      expect(answer).toMatchObject({ status: 400, body: { field: 'Idempotency-Key' } });
    });
  });

  it('has no route that does not say who may use it', async () => {
    const routes = allRoutesOf(hub).map((route) => route.replace(/\{\w+\}/g, 'x').split(' '));
    const refused: string[] = [];
    for (const [method = '', path = ''] of routes) {
      const { body } = await hub.send(method.toUpperCase(), path);
      if (body['code'] === 'http/forbidden') refused.push(`${method} ${path}`);
    }

    expect(routes.length).toBeGreaterThan(25);
    expect(refused).toEqual([]);
  });

  it('documents exactly the routes there are', async () => {
    const { body } = await hub.get('/api/openapi.json');
    const documented = Object.entries(body['paths'] as Record<string, object>).flatMap(
      ([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`),
    );

    expect(body['openapi']).toBe('3.1.0');
    expect(documented.sort()).toEqual(routesOf(hub).sort());
    expect((await hub.get('/api/docs')).headers.get('content-type')).toContain('text/html');
  });
});

/** What is documented for people: all but the documentation itself and the spokes' own routes. */
function routesOf(hub: TestHub): string[] {
  return allRoutesOf(hub).filter((route) => !/^\w+ \/(api\/(docs|openapi)|spoke\/)/.test(route));
}

/** What Express serves, in the spelling of OpenAPI. */
function allRoutesOf(hub: TestHub): string[] {
  const { router } = hub.app.getHttpAdapter().getInstance() as unknown as {
    router: {
      stack: readonly { route?: { path: string; methods: Readonly<Record<string, boolean>> } }[];
    };
  };
  return router.stack
    .flatMap(({ route }) => (route === undefined ? [] : [route]))
    .flatMap(({ path, methods }) =>
      Object.keys(methods).map((method) => {
        const spelled = path.replace(/:(\w+)/g, '{$1}');
        return `${method} ${spelled.startsWith('/') ? '' : '/'}${spelled}`;
      }),
    );
}
