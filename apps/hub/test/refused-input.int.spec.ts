import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { aPlan } from '@apollo-deploy/orchestration/testing';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestHub } from '../src/testing/test-hub.js';
import { expectRefused, unharmedHub } from '../src/testing/unharmed-hub.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a list', () => {
  const hub = unharmedHub();

  it.each([
    { name: 'a misspelt state', query: 'plans?state=PENDNG', field: 'state', says: 'PENDING' },
    { name: 'a type there is not', query: 'plans?type=update', field: 'type', says: 'upgrade' },
    {
      name: 'a misspelt status',
      query: 'entities?status=uptodate',
      field: 'status',
      says: 'up_to',
    },
    { name: 'a kind there is not', query: 'constraints?kind=cron', field: 'kind', says: 'rule' },
    { name: 'nothing for a state', query: 'plans?state=', field: 'state', says: 'PENDING' },
    {
      name: 'a name that nothing has',
      query: 'plans?environment=Prod',
      ...{ field: 'environment', says: 'lowercase' },
    },
    {
      name: 'a pattern',
      query: `entities?product=${encodeURIComponent('(a+)+$')}`,
      ...{ field: 'product', says: 'lowercase' },
    },
    { name: 'a joker', query: 'recalls?product=%25', field: 'product', says: 'lowercase' },
    { name: 'an order', query: 'entities?sort=name;drop', field: 'sort', says: 'accepted are' },
    {
      name: 'an operator',
      query: 'entities?status[$ne]=x',
      field: 'status[$ne]',
      says: 'accepted',
    },
    { name: 'a name twice', query: 'plans?entity=a&entity=b', field: 'entity', says: 'a list' },
    { name: 'a thousand million', query: 'plans?limit=1000000000', field: 'limit', says: '200' },
  ])('asked for with $name is refused, and says what there is', async ({ query, field, says }) => {
    expectRefused(await hub().get(`/api/v1/${query}`), 400, {
      ...{ code: 'http/invalid_request', field },
      detail: expect.stringContaining(says),
    });
  });
});

describe('an address', () => {
  const hub = unharmedHub();

  /** As it stands: `fetch` would tidy it up. */
  function raw(path: string): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const { port } = new URL(hub().url);
      const asked = request({ host: '127.0.0.1', port, path }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  it.each([
    { name: 'a way up', path: '/api/v1/plans/../../../etc/passwd', status: 404 },
    { name: 'a hidden way up', path: '/api/v1/plans/%2e%2e', status: 404 },
    { name: 'a way up in one piece', path: '/api/v1/releases/..%2f..%2fetc%2fpasswd', status: 404 },
    { name: 'a way up to a chart', path: '/spoke/charts/..%2f..%2fetc%2fpasswd', status: 401 },
    { name: 'U+0000', path: '/api/v1/products/shop%00.json', status: 400 },
    { name: 'bytes that are no text', path: '/api/v1/products/%ff%fe', status: 400 },
    { name: 'a name without end', path: `/api/v1/entities/${'x'.repeat(8_000)}`, status: 404 },
    { name: 'a line of its own', path: '/api/v1/products/a%0d%0aSet-Cookie:x', status: 404 },
  ])('with $name leads nowhere', async ({ path, status }) => {
    const answer = await raw(path);

    expect([answer.status, answer.text]).toEqual([
      status,
      expect.stringContaining(`"status":${String(status)}`),
    ]);
    expect(answer.text).not.toContain('root:');
  });
});

describe('a body', () => {
  const hub = unharmedHub();
  const post = (body: string, headers: Record<string, string> = JSON_TYPE) =>
    hub().send('POST', '/api/v1/products', { body, headers });

  it.each([
    { name: 'NaN', body: '{"name":"x","criticality":"low","maxConcurrent":NaN}', status: 400 },
    { name: 'JSON a hundred thousand levels deep', body: '['.repeat(100_000), status: 400 },
    {
      name: 'JSON a hundred thousand levels deep that ends',
      body: `{"labels":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      status: 400,
    },
    { name: 'a form under the name of JSON', body: '--b\r\n\r\nname=x\r\n--b--', status: 400 },
    {
      name: 'JSON in another character set',
      body: '{}',
      headers: { 'content-type': 'application/json; charset=utf-7' },
      status: 415,
    },
    {
      name: 'JSON in a character set that is no text here',
      body: '{}',
      headers: { 'content-type': 'application/json; charset=latin1' },
      status: 415,
    },
    {
      name: 'JSON under the name of a form',
      body: '{"name":"x","criticality":"low"}',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      status: 415,
    },
    {
      name: 'turned letters in a name',
      body: '{"name":"sh\u202eop","criticality":"low"}',
      status: 400,
    },
    {
      name: 'invisible letters in a name',
      body: '{"name":"shop\u200b","criticality":"low"}',
      status: 400,
    },
    {
      name: 'letters of another script',
      body: '{"name":"\u0455hop","criticality":"low"}',
      status: 400,
    },
  ])('of $name is refused', async ({ body, headers, status }) => {
    expectRefused(await post(body, headers), status, {});
  });

  it('of a hundred thousand fields is refused in few words', async () => {
    const fields = Array.from({ length: 90_000 }, (_, index) => `"f${String(index)}":1`);
    const answer = await post(`{${fields.join()}}`);

    expectRefused(answer, 400, {
      field: 'f0',
      detail: expect.stringContaining('(and 90001 more, the first 20 in errors)'),
    });
    expect(answer.body['errors']).toHaveLength(20);
  });
});

describe('a reason', () => {
  const hub = unharmedHub();

  it('of spaces is refused, wherever one is given', async () => {
    const { body } = await hub().get('/api/openapi.json');
    // Who may not agree to a plan is told first that there is none, and a hotfix is refused in its own words.
    const paths = pathsWithReason(body as unknown as Description).filter(
      (path) => !path.endsWith('/reject') && path !== '/hotfix',
    );
    const answers = await Promise.all(
      paths.map(async (path) => {
        const address = path.replaceAll(/\{\w+\}/g, 'none');
        const answer = await hub().post(address, { reason: ' \u00a0\t' });
        const errors = (answer.body['errors'] ?? []) as readonly { field: string }[];
        return [path, answer.status, errors.some(({ field }) => field === 'reason')];
      }),
    );

    expect(paths.length).toBeGreaterThan(5);
    expect(answers).toEqual(paths.map((path) => [path, 400, true]));
  });
});

describe('a rejection', () => {
  it('for a reason of spaces is refused', async () => {
    const hub = await TestHub.start();
    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    await store.transact((unit) => unit.plans.insert(aPlan({ id: 'asked', environment: 'dev' })));
    const sre = await anAccount(context, 'sre-1', { roles: ['sre'] });

    const answer = await hub.post('/api/v1/plans/asked/reject', { reason: '  ' }, sre);
    await hub.stop();

    expectRefused(answer, 400, { field: 'reason' });
  });
});

interface Description {
  readonly paths: Readonly<Record<string, { readonly post?: { readonly requestBody?: object } }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: object }>>;
  };
}

/** The paths whose POST takes a field `reason`. */
function pathsWithReason({ paths, components }: Description): readonly string[] {
  return Object.entries(paths).flatMap(([path, { post }]) => {
    const [, name = ''] =
      /"#\/components\/schemas\/(\w+)"/.exec(JSON.stringify(post?.requestBody ?? {})) ?? [];
    return 'reason' in (components.schemas[name]?.properties ?? {}) ? [path] : [];
  });
}
