import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { aChart, archiveOf } from '../src/testing/chart-archive.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';

const ENTITY = { spoke: 'dev-1', product: 'shop', desired: { channel: 'dev' } };
const LIMIT = 5 * 1024 * 1024;

describe('bad input', () => {
  let hub: TestHub;
  let chart: Buffer;
  let before: unknown;
  beforeAll(async () => {
    hub = await TestHub.start();
    chart = await aChart('shop', '1.0.0');
    await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    await hub.post('/api/v1/products', { name: 'shop', criticality: 'low' });
    await hub.post('/api/v1/join-tokens', { spoke: 'dev-1', environment: 'dev' });
  });
  afterAll(() => hub.stop());
  beforeEach(async () => {
    before = await everything(hub);
  });
  afterEach(async () => {
    expect(await everything(hub)).toEqual(before);
    expect((await hub.get('/healthz')).status).toBe(200);
  });

  function refuses(answer: Answer, status: number, expected: Record<string, unknown>): void {
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer).toMatchObject({ status, body: { status, ...expected } });
    expect(answer.body).toMatchObject({
      type: `urn:apollo-deploy:problem:${String(answer.body['code'])}`,
      title: expect.any(String),
      detail: expect.any(String),
      requestId: answer.headers.get('x-request-id'),
      data: expect.any(Object),
    });
  }

  describe('of releases', () => {
    it.each<{
      name: string;
      product?: string;
      version?: string;
      bytes: () => Promise<Uint8Array>;
      status?: number;
      expected: object;
    }>([
      {
        name: 'a chart that is no chart',
        bytes: async () => Buffer.from('not a chart'),
        expected: { code: 'catalog/invalid_chart', field: 'chart' },
      },
      {
        name: 'an empty chart',
        bytes: async () => new Uint8Array(),
        expected: { code: 'catalog/invalid_chart', field: 'chart' },
      },
      {
        name: 'an archive that climbs out of its folder',
        bytes: () => archiveOf([{ name: '../Chart.yaml', content: 'name: shop' }]),
        expected: { code: 'catalog/invalid_chart', field: 'chart' },
      },
      {
        name: 'a chart one byte over the limit',
        bytes: async () => new Uint8Array(LIMIT + 1),
        status: 413,
        expected: { code: 'catalog/chart_too_large', field: 'chart', data: { limitBytes: LIMIT } },
      },
      {
        name: 'a chart of 20 MB',
        bytes: async () => new Uint8Array(20_000_000),
        status: 413,
        expected: { code: 'catalog/chart_too_large', field: 'chart', data: { limitBytes: LIMIT } },
      },
      {
        name: 'an unknown product',
        product: 'unknown',
        bytes: () => aChart('shop', '1.0.0'),
        status: 404,
        expected: { code: 'catalog/product_not_found', field: 'product' },
      },
      {
        name: 'version latest',
        version: 'latest',
        bytes: () => aChart('shop', '1.0.0'),
        expected: {
          code: 'catalog/invalid_field',
          field: 'version',
          detail: expect.stringContaining('SemVer'),
        },
      },
      {
        name: 'an option for Helm in its version',
        version: '1.0.0\n--set x=y',
        bytes: () => aChart('shop', '1.0.0'),
        expected: { code: 'catalog/invalid_field', field: 'version' },
      },
      {
        name: 'another version than its chart',
        version: '1.0.1',
        bytes: () => aChart('shop', '1.0.0'),
        expected: { code: 'catalog/invalid_field', field: 'version' },
      },
    ])(
      'with $name is refused',
      async ({ product = 'shop', version = '1.0.0', bytes, status = 400, expected }) => {
        refuses(await hub.release({ product, version }, await bytes()), status, { ...expected });
      },
    );

    it.each<{ name: string; fields: Record<string, string>; field: string }>([
      { name: 'no version', fields: { product: 'shop' }, field: 'version' },
      {
        name: 'an unknown field',
        fields: { product: 'shop', version: '1.0.0', status: 'x' },
        field: 'status',
      },
      {
        name: 'dependencies that are no JSON',
        fields: { product: 'shop', version: '1.0.0', dependencies: 'other' },
        field: 'dependencies',
      },
      {
        name: 'dependencies of another shape',
        fields: { product: 'shop', version: '1.0.0', dependencies: '[{"product":"other"}]' },
        field: 'dependencies',
      },
      {
        name: 'a range that is none',
        fields: {
          product: 'shop',
          version: '1.0.0',
          dependencies: '[{"product":"other","range":"?"}]',
        },
        field: 'dependencies[0].range',
      },
      {
        name: 'too long a text',
        fields: { product: 'shop', version: '1.0.0', dependencies: 'x'.repeat(64 * 1024 + 1) },
        field: 'dependencies',
      },
    ])('with $name are refused', async ({ fields, field }) => {
      refuses(await hub.release(fields, chart), 400, { field });
    });

    it('without a file are refused', async () => {
      const fields = { product: 'shop', version: '1.0.0' };
      refuses(await hub.release(fields), 400, { code: 'http/invalid_request', field: 'chart' });
      refuses(await hub.release({ ...fields, chart: 'chart.tgz' }), 400, { field: 'chart' });
    });

    it('that name a chart in a registry are refused with what to do instead', async () => {
      const body = {
        product: 'shop',
        version: '1.0.0',
        chart: { ref: 'oci://registry.test/shop' },
      };
      refuses(await hub.post('/api/v1/releases', body), 400, {
        code: 'http/not_supported',
        field: 'chart.ref',
        detail: expect.stringContaining('multipart'),
      });
    });

    it('that arrive without a stated length are cut off at the limit', async () => {
      const { port } = new URL(hub.url);
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        'POST /api/v1/releases HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n' +
          'Content-Type: multipart/form-data; boundary=b\r\n\r\n',
      );
      const chunk = (bytes: Buffer): Buffer =>
        Buffer.concat([
          Buffer.from(`${bytes.length.toString(16)}\r\n`),
          bytes,
          Buffer.from('\r\n'),
        ]);
      socket.write(
        chunk(
          Buffer.from(
            '--b\r\nContent-Disposition: form-data; name="chart"; filename="x.tgz"\r\n\r\n',
          ),
        ),
      );
      for (let sent = 0; sent <= LIMIT; sent += 1024 * 1024)
        socket.write(chunk(Buffer.alloc(1024 * 1024)));

      // The form never ends, so the answer comes while it streams in.
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
    });
  });

  it.each<{ name: string; path?: string; body: object; status?: number; expected: object }>([
    {
      name: 'namespace ..',
      body: { ...ENTITY, namespace: '..' },
      expected: {
        code: 'catalog/invalid_field',
        field: 'namespace',
        detail: expect.stringContaining('1 to 63 characters'),
      },
    },
    {
      name: 'a release name of 54 characters',
      body: { ...ENTITY, releaseName: 'a'.repeat(54) },
      expected: {
        code: 'catalog/invalid_field',
        field: 'releaseName',
        detail: expect.stringContaining('1 to 53 characters'),
      },
    },
    {
      name: 'a release name that is an option',
      body: { ...ENTITY, releaseName: '--post-renderer=x' },
      expected: { code: 'catalog/invalid_field', field: 'releaseName' },
    },
    {
      name: 'version latest',
      body: { ...ENTITY, desired: { version: 'latest' } },
      expected: { code: 'catalog/invalid_field', field: 'desired.version' },
    },
    {
      name: 'an unknown product',
      body: { ...ENTITY, product: 'unknown' },
      status: 404,
      expected: { code: 'catalog/product_not_found', field: 'product' },
    },
    {
      name: 'an unknown spoke',
      body: { ...ENTITY, spoke: 'unknown' },
      status: 404,
      expected: { code: 'catalog/spoke_not_found', field: 'spoke' },
    },
    {
      name: 'two things desired',
      body: { ...ENTITY, desired: { channel: 'dev', version: '1.0.0' } },
      expected: { code: 'http/invalid_request', field: 'desired' },
    },
    {
      name: 'absence that is not sure',
      body: { ...ENTITY, desired: { absent: false } },
      expected: { code: 'http/invalid_request', field: 'desired' },
    },
    {
      name: 'values that are a list',
      body: { ...ENTITY, values: [1] },
      expected: { code: 'http/invalid_request', field: 'values' },
    },
    {
      name: 'fields that only the hub may set',
      body: { ...ENTITY, status: 'up_to_date', version: 7 },
      expected: {
        code: 'http/invalid_request',
        field: 'status',
        errors: [{ field: 'status' }, { field: 'version' }],
      },
    },
    {
      name: 'a capital letter in its name',
      path: '/api/v1/entities/Shop',
      body: ENTITY,
      expected: { code: 'catalog/invalid_field', field: 'name' },
    },
    {
      name: 'a way up in its name',
      path: '/api/v1/entities/..%2F..%2Fetc',
      body: ENTITY,
      expected: { code: 'catalog/invalid_field', field: 'name' },
    },
  ])(
    'of an entity with $name is refused',
    async ({ path = '/api/v1/entities/shop', body, status = 400, expected }) => {
      refuses(await hub.put(path, body), status, { ...expected });
    },
  );

  it.each<{
    name: string;
    body: string;
    headers?: Record<string, string>;
    status: number;
    expected: object;
  }>([
    {
      name: 'torn JSON',
      body: '{"name": ',
      status: 400,
      expected: { code: 'http/malformed_json' },
    },
    { name: 'a text', body: '"shop"', status: 400, expected: { code: 'http/malformed_json' } },
    { name: 'a list', body: '[]', status: 400, expected: { code: 'http/invalid_request' } },
    {
      name: 'nothing',
      body: '',
      status: 400,
      expected: { code: 'http/invalid_request', field: 'name' },
    },
    {
      name: 'no JSON by its type',
      body: '{"name":"x","criticality":"low"}',
      headers: { 'content-type': 'text/plain' },
      status: 415,
      expected: { code: 'http/unsupported_media_type', field: 'Content-Type' },
    },
    {
      name: 'a form',
      body: '--b--',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      status: 415,
      expected: { code: 'http/unsupported_media_type' },
    },
    {
      name: 'a compressed body',
      body: 'x',
      headers: { 'content-encoding': 'gzip' },
      status: 415,
      expected: { code: 'http/unsupported_media_type' },
    },
    {
      name: 'more than 1 MiB',
      body: JSON.stringify({ name: 'x'.repeat(1024 * 1024) }),
      status: 413,
      expected: { code: 'http/body_too_large' },
    },
    {
      name: 'JSON ten thousand levels deep',
      body: `{"labels":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      status: 400,
      expected: { code: 'http/invalid_request', detail: expect.stringContaining('100 levels') },
    },
    {
      name: 'a prototype',
      body: '{"__proto__":{"name":"x"},"criticality":"low"}',
      status: 400,
      expected: { code: 'http/invalid_request' },
    },
    {
      name: 'U+0000',
      body: '{"name":"a\\u0000b","criticality":"low"}',
      status: 400,
      expected: { code: 'http/invalid_request' },
    },
    {
      name: 'half a surrogate pair',
      body: '{"name":"a\\ud800b","criticality":"low"}',
      status: 400,
      expected: { code: 'http/invalid_request' },
    },
    {
      name: 'null for what may be left out',
      body: '{"name":"x","criticality":"low","owner":null}',
      status: 400,
      expected: { field: 'owner' },
    },
    {
      name: 'an owner of spaces',
      body: '{"name":"x","criticality":"low","owner":"  "}',
      status: 400,
      expected: { field: 'owner' },
    },
    {
      name: 'a number too large',
      body: '{"name":"x","criticality":"low","rolloutTimeoutSeconds":1e999}',
      status: 400,
      expected: { field: 'rolloutTimeoutSeconds' },
    },
    {
      name: 'a criticality of its own',
      body: '{"name":"x","criticality":"huge"}',
      status: 400,
      expected: {
        field: 'criticality',
        detail: 'criticality is "huge"; accepted is one of low, medium, high, critical',
      },
    },
    {
      name: 'labels that are no texts',
      body: '{"name":"x","criticality":"low","labels":{"constructor":1}}',
      status: 400,
      expected: { field: 'labels' },
    },
    {
      name: 'a name that is taken',
      body: '{"name":"shop","criticality":"low"}',
      status: 409,
      expected: { code: 'catalog/already_exists', field: 'name' },
    },
  ])('of a product made of $name is refused', async ({ body, headers, status, expected }) => {
    const answer = await hub.send('POST', '/api/v1/products', {
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    refuses(answer, status, { ...expected });
  });

  it.each([
    {
      name: 'a route that is not there',
      method: 'GET',
      path: '/api/v2/plans',
      status: 404,
      code: 'http/route_not_found',
    },
    {
      name: 'a method that is not there',
      method: 'DELETE',
      path: '/api/v1/plans',
      status: 404,
      code: 'http/route_not_found',
    },
    {
      name: 'half an escape',
      method: 'GET',
      path: '/api/v1/plans/%zz',
      status: 400,
      code: 'http/invalid_request',
    },
    {
      name: 'U+0000 in an address',
      method: 'GET',
      path: '/api/v1/plans/%00',
      status: 400,
      code: 'http/invalid_request',
    },
    {
      name: 'a plan that is not there',
      method: 'GET',
      path: '/api/v1/plans/none',
      status: 404,
      code: 'plan/not_found',
    },
    {
      name: 'an explanation of no plan',
      method: 'GET',
      path: '/api/v1/plans/none/explain',
      status: 404,
      code: 'plan/not_found',
    },
    {
      name: 'a start of no plan',
      method: 'POST',
      path: '/api/v1/plans/none/execute',
      status: 404,
      code: 'plan/not_found',
    },
    {
      name: 'a release that is not there',
      method: 'GET',
      path: '/api/v1/releases/none',
      status: 404,
      code: 'catalog/release_not_found',
    },
    {
      name: 'a spoke that is not there',
      method: 'GET',
      path: '/api/v1/spokes/none',
      status: 404,
      code: 'catalog/spoke_not_found',
    },
    {
      name: 'an environment that is not there',
      method: 'GET',
      path: '/api/v1/environments/none',
      status: 404,
      code: 'catalog/environment_not_found',
    },
    {
      name: 'a product that is not there',
      method: 'GET',
      path: '/api/v1/products/none',
      status: 404,
      code: 'catalog/product_not_found',
    },
  ])('$name is refused', async ({ method, path, status, code }) => {
    refuses(await hub.send(method, path), status, { code });
  });

  it.each<{ name: string; path: string; body: object; field: string }>([
    { name: 'a cancellation without a reason', path: 'cancel', body: {}, field: 'reason' },
    {
      name: 'a cancellation for a reason of spaces',
      path: 'cancel',
      body: { reason: ' ' },
      field: 'reason',
    },
    {
      name: 'an outcome of its own',
      path: 'resolve',
      body: { outcome: 'GREAT', reason: 'x' },
      field: 'outcome',
    },
    { name: 'an execution with terms', path: 'execute', body: { force: true }, field: 'force' },
  ])('of a plan: $name is refused', async ({ path, body, field }) => {
    refuses(await hub.post(`/api/v1/plans/none/${path}`, body), 400, { field });
  });

  it.each<{
    name: string;
    method?: string;
    headers: Record<string, string>;
    status: number;
    expected: object;
  }>([
    {
      name: 'from another site by its origin',
      headers: { origin: 'https://evil.test' },
      status: 403,
      expected: { code: 'http/foreign_origin', field: 'Origin' },
    },
    {
      name: 'from nowhere',
      headers: { origin: 'null' },
      status: 403,
      expected: { code: 'http/foreign_origin', field: 'Origin' },
    },
    {
      name: 'from another site by the word of the browser',
      headers: { 'sec-fetch-site': 'cross-site' },
      status: 403,
      expected: { code: 'http/foreign_origin', field: 'Sec-Fetch-Site' },
    },
    {
      name: 'with a token that is not known',
      headers: { authorization: 'Bearer abc' },
      status: 401,
      expected: { code: 'http/unauthenticated', field: 'Authorization' },
    },
    {
      name: 'with a password',
      headers: { authorization: 'Basic YTpi' },
      status: 401,
      expected: { code: 'http/unauthenticated' },
    },
  ])('a request $name is refused', async ({ headers, status, expected }) => {
    const answer = await hub.post('/api/v1/products', { name: 'x', criticality: 'low' }, headers);
    refuses(answer, status, { ...expected });
  });

  it('a request for another host is refused, also to read', async () => {
    const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /api/v1/spokes HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 [^]*http\/foreign_host/);
  });

  it('keeps a usable request id and replaces another', async () => {
    const kept = await hub.get('/api/v1/plans/none', { 'x-request-id': 'ci-42' });
    expect(kept.body['requestId']).toBe('ci-42');
    const replaced = await hub.get('/api/v1/plans/none', { 'x-request-id': '<b>' });
    expect(replaced.body['requestId']).toMatch(/^[0-9A-Z]{26}$/);
  });
});

describe('a hub whose store does not answer', () => {
  it('says so, and when to try again', async () => {
    const hub = await TestHub.start();
    hub.store.transact = () => Promise.reject(new StoreUnavailable('connection refused'));
    hub.store.ready = () => Promise.resolve(false);
    try {
      const answer = await hub.get('/api/v1/products');
      expect(answer).toMatchObject({ status: 503, body: { code: 'http/unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(await hub.get('/health')).toMatchObject({
        status: 503,
        body: { status: 'unhealthy', agent: 'APOLLO' },
      });
      expect(await hub.get('/readyz')).toMatchObject({
        status: 503,
        body: { status: 'not_ready', store: 'does_not_answer' },
      });
      expect((await hub.get('/healthz')).status).toBe(200);
    } finally {
      await hub.stop();
    }
  });

  it('does not show what failed inside of it', async () => {
    const hub = await TestHub.start();
    hub.store.transact = () => Promise.reject(new Error('password hunter2 refused'));
    try {
      const answer = await hub.get('/api/v1/products');
      expect(answer).toMatchObject({ status: 500, body: { code: 'http/internal' } });
      expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    } finally {
      await hub.stop();
    }
  });
});

/** All that anybody has stored, as far as the API shows it. */
async function everything(hub: TestHub): Promise<unknown> {
  const lists = ['environments', 'products', 'releases', 'channels', 'entities', 'spokes', 'audit'];
  return Promise.all(lists.map(async (list) => (await hub.get(`/api/v1/${list}`)).body));
}
