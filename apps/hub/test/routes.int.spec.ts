import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UlidIds } from '../src/platform/ulid-ids.js';
import { anAccount } from '../src/testing/account.js';
import { TestHub } from '../src/testing/test-hub.js';

const NOW = '2026-03-01T12:00:00.000Z';

describe('the routes of the hub', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
  });
  afterAll(() => hub.stop());

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

  it.each(['null', '0', '"x"', '{}'])('takes %s for a constructor nowhere', async (constructor) => {
    const { store, clock } = hub;
    const context = { store, clock, ids: new UlidIds(), startedAt: clock.now() };
    const admin = await anAccount(context, 'admin', { roles: ['admin'] });
    // What an identity provider sends may have more fields; nobody reads them.
    const paths = routesOf(hub)
      .flatMap((route) => /^post (.*)/.exec(route)?.[1] ?? [])
      .filter((path) => path !== '/auth/backchannel-logout');
    const answers = await Promise.all(
      paths.map(async (path) => {
        const body = `{"constructor": ${constructor}}`;
        const headers = { ...admin, 'content-type': 'application/json' };
        const answer = await hub.send('POST', path.replace(/\{\w+\}/g, 'x'), { headers, body });
        return [path, answer.status, answer.body['field']];
      }),
    );

    expect(paths.length).toBeGreaterThan(12);
    expect(answers).toEqual(paths.map((path) => [path, 400, 'constructor']));
  });

  it('takes no constructor in a query', async () => {
    expect(await hub.get('/api/v1/entities?constructor=1')).toMatchObject({
      status: 400,
      body: { field: 'constructor' },
    });
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

  it('lets nobody say yes or no to a plan by a GET', () => {
    const said = routesOf(hub).filter((route) => /(approve|reject|withdraw)$/.test(route));
    expect(said.sort()).toEqual([
      'post /api/v1/plans/{id}/approve',
      'post /api/v1/plans/{id}/reject',
      'post /api/v1/plans/{id}/withdraw',
    ]);
  });

  it('documents how far an idempotency key goes', async () => {
    const { body } = await hub.get('/api/openapi.json');

    expect(body).toMatchObject({
      paths: {
        '/api/v1/products': {
          post: {
            parameters: [
              {
                name: 'Idempotency-Key',
                description: expect.stringMatching(/24 hours.*crash.*carried out again/),
              },
            ],
          },
        },
      },
    });
  });

  it('documents that no events are part of the expected state', async () => {
    const { body } = await hub.get('/api/openapi.json');

    expect(body).toMatchObject({
      paths: {
        '/api/v1/entities/{name}/expected-state': {
          get: { description: expect.stringContaining('report none') },
        },
      },
    });
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
