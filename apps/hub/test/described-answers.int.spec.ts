import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAccount } from '../src/testing/account.js';
import { DescribedAnswers, type HttpAnswer } from './support/described-answers.js';
import { PipelineScene } from './support/pipeline-scene.js';

interface Asked {
  readonly name: string;
  /** As it is described. */
  readonly route: string;
  /** As it is asked for; absent = as it is described. */
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code?: string;
}

const AT_ONCE = { prefer: 'wait=0' };
const SERVICE = 'aria';

describe('what the OpenAPI document says of the pipeline', () => {
  let scene: PipelineScene;
  let described: DescribedAnswers;
  let viewer: { readonly authorization: string };
  beforeAll(async () => {
    scene = await PipelineScene.start();
    await scene.service(SERVICE, '1.0.0', '1.1.0');
    described = await DescribedAnswers.of(scene.client.url);
    viewer = await anAccount(scene.context, 'vera', { roles: ['viewer'] });
  });
  afterAll(() => scene.stop());

  async function ask({ route, path, body, headers = {} }: Omit<Asked, 'name' | 'status'>) {
    const [method = '', address = ''] = route.split(' ');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${scene.client.url}${path ?? address}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: text }),
    });
    const [contentType = ''] = (response.headers.get('content-type') ?? '').split(';');
    return { status: response.status, contentType, body: await response.json() };
  }

  function expectDescribed(route: string, answer: HttpAnswer): void {
    expect(described.faultsOf(route, answer)).toEqual([]);
  }

  it.each<Asked>([
    {
      name: 'a deployment to production',
      route: 'POST /deploy',
      body: { service: SERVICE, target_env: 'prod' },
      ...{ status: 403, code: 'deployment/direct_to_production' },
    },
    {
      name: 'a deployment of what there is not',
      route: 'POST /deploy',
      body: { service: 'nobody' },
      ...{ status: 404, code: 'catalog/product_not_found' },
    },
    {
      name: 'a deployment of a version that there is not',
      route: 'POST /deploy',
      body: { service: SERVICE, version: '9.9.9' },
      ...{ status: 404, code: 'catalog/release_not_found' },
    },
    {
      name: 'a deployment to where there is nothing',
      route: 'POST /deploy',
      body: { service: SERVICE, target_env: 'moon' },
      ...{ status: 404, code: 'catalog/environment_not_found' },
    },
    {
      name: 'a strategy that the chart does not declare',
      route: 'POST /deploy',
      body: { service: SERVICE, strategy: 'blue_green' },
      ...{ status: 400, code: 'deployment/strategy_not_declared' },
    },
    {
      name: 'a field that there is not',
      route: 'POST /deploy',
      body: { service: SERVICE, envrionment: 'dev' },
      ...{ status: 400, code: 'http/invalid_request' },
    },
    {
      name: 'what is no JSON',
      route: 'POST /deploy',
      body: '{"service": ',
      ...{ status: 400, code: 'http/malformed_json' },
    },
    {
      name: 'a body of more than 1 MiB',
      route: 'POST /deploy',
      body: { service: SERVICE, reason: 'x'.repeat(2 ** 20) },
      ...{ status: 413, code: 'http/body_too_large' },
    },
    {
      name: 'credentials of nobody',
      route: 'POST /deploy',
      body: { service: SERVICE },
      headers: { authorization: 'Bearer apollo_nobody' },
      ...{ status: 401, code: 'http/unauthenticated' },
    },
    {
      name: 'a promotion downwards',
      route: 'POST /promote',
      body: { service: SERVICE, from_env: 'prod', to_env: 'dev' },
      ...{ status: 400, code: 'promotion/invalid_path' },
    },
    {
      name: 'a promotion of what runs nowhere',
      route: 'POST /promote',
      body: { service: SERVICE },
      ...{ status: 400, code: 'promotion/source_not_healthy' },
    },
    {
      name: 'a hotfix without a reason',
      route: 'POST /hotfix',
      body: { service: SERVICE },
      ...{ status: 400, code: 'hotfix/reason' },
    },
    {
      name: 'a hotfix to development',
      route: 'POST /hotfix',
      body: { service: SERVICE, environment: 'dev', reason: 'Orders are lost' },
      ...{ status: 400, code: 'hotfix/not_production' },
    },
    {
      name: 'a rollback to before the beginning',
      route: 'POST /rollback',
      body: { service: SERVICE },
      ...{ status: 404, code: 'rollback/no_previous' },
    },
    {
      name: 'more history than is told',
      route: 'GET /history/{service}',
      path: `/history/${SERVICE}?limit=1000`,
      ...{ status: 400, code: 'http/invalid_request' },
    },
    {
      name: 'a deployment that there is not',
      route: 'GET /api/v1/deployments/{id}',
      path: '/api/v1/deployments/none',
      ...{ status: 404, code: 'deployment/not_found' },
    },
    {
      name: 'a notification that there is not',
      route: 'POST /api/v1/notifications/{id}/replay',
      path: '/api/v1/notifications/none/replay',
      body: {},
      ...{ status: 404, code: 'notification/not_found' },
    },
  ])('has the status, the code and the shape of the refusal of $name', async (asked) => {
    const answer = await ask(asked);

    expect(answer).toMatchObject({ status: asked.status, body: { code: asked.code } });
    expectDescribed(asked.route, answer);
  });

  it('has the refusal of who may not', async () => {
    const route = 'POST /deploy';
    const answer = await ask({ route, body: { service: SERVICE }, headers: viewer });

    expect(answer).toMatchObject({ status: 403, body: { code: 'http/not_allowed' } });
    expectDescribed(route, answer);
  });

  it('has the shape of all that is answered on the way of a version, and back', async () => {
    const answered = async (status: number, asked: Omit<Asked, 'name' | 'status'>) => {
      const answer = await ask(asked);
      expect([asked.route, answer.status]).toEqual([asked.route, status]);
      expectDescribed(asked.route, answer);
    };
    const once = { 'idempotency-key': 'once', ...AT_ONCE };
    const first = { service: SERVICE, version: '1.0.0' };
    await answered(202, { route: 'POST /deploy', body: first, headers: once });
    await answered(409, { route: 'POST /deploy', body: { service: SERVICE }, headers: once });
    await answered(200, { route: 'POST /deploy', body: { service: SERVICE, version: '1.1.0' } });
    await answered(202, { route: 'POST /promote', body: { service: SERVICE }, headers: AT_ONCE });
    const again = answered(200, { route: 'POST /promote', body: { service: SERVICE } });
    await scene.agree();
    await again;
    await scene.release(SERVICE, '1.2.0');
    await answered(200, {
      route: 'POST /hotfix',
      body: { service: SERVICE, version: '1.2.0', reason: 'Orders are lost at the till' },
      headers: scene.sre,
    });
    await answered(200, {
      route: 'POST /rollback',
      body: { service: SERVICE, environment: 'dev' },
    });
    await answered(200, { route: 'GET /status/{service}', path: `/status/${SERVICE}` });
    await answered(200, { route: 'GET /history/{service}', path: `/history/${SERVICE}` });
    await answered(200, { route: 'GET /rules' });
    await answered(200, { route: 'GET /api/v1/deployments' });
    await answered(200, { route: 'GET /api/v1/notifications' });
    const { items } = await scene.client.list<{ readonly id: string }>('/api/v1/deployments');
    const shown = items.map(({ id }) => ({
      ...{ route: 'GET /api/v1/deployments/{id}', path: `/api/v1/deployments/${id}` },
    }));
    for (const one of shown) await answered(200, one);
  });
});
