import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import type { PlanBody } from './support/hub-client.js';
import { PipelineScene } from './support/pipeline-scene.js';

let scene: PipelineScene;
beforeEach(async () => {
  scene = await PipelineScene.start({ APOLLO_PROMOTION_PATHS: 'dev:staging,staging:prod' });
  await scene.service('aria', '1.0.0');
  expect(await scene.deploy('aria', '1.0.0')).toMatchObject({ status: 'completed' });
});
afterEach(() => scene.stop());

async function post(path: string, body: object) {
  const response = await scene.client.request('POST', path, body);
  return { status: response.status, body: (await response.json()) as object };
}

/** The plan for production, once it is held by something and all of it is among these codes. */
async function heldBy(...codes: readonly string[]): Promise<PlanBody> {
  return eventually(`a plan held by ${codes.join(' and ')}`, async () => {
    const { items } = await scene.client.list<PlanBody>('/api/v1/plans?environment=prod');
    const [plan] = items;
    const held = plan?.violations.map(({ code }) => code) ?? [];
    return held.length === codes.length && codes.every((code) => held.includes(code))
      ? plan
      : undefined;
  });
}

it('a closed path is closed to what somebody says of an entity, as it is to a promotion', async () => {
  expect(await scene.client.get('/rules')).toMatchObject({
    valid_promotion_paths: ['DEV → STAGING', 'STAGING → PROD'],
  });
  expect(await post('/promote', { service: 'aria' })).toMatchObject({
    status: 400,
    body: { detail: 'Invalid promotion path: dev → prod' },
  });
  const desired = { version: '1.0.0' };
  const entity = { spoke: 'prod', product: 'aria', namespace: 'aria', desired };
  const put = await scene.client.request('PUT', '/api/v1/entities/aria-prod', entity);
  expect(put.status).toBe(201);
  const { id } = await heldBy('promoted', 'approval');
  expect(await scene.client.get(`/api/v1/plans/${id}/explain`)).toMatchObject({
    unmet: expect.arrayContaining([
      expect.objectContaining({
        code: 'promoted',
        cure: expect.stringContaining('where a promotion path leads from (GET /rules lists them)'),
        message:
          'this chart of aria 1.0.0 has succeeded and been Healthy in dev, and no promotion path is open for dev → prod: no staging environment has an entity of aria; give it one there (PUT /api/v1/entities/{name}) and let it run first',
      }),
    ]),
  });
  expect(await post('/promote', { service: 'aria', to_env: 'staging' })).toMatchObject({
    status: 200,
    body: { status: 'completed' },
  });
  expect((await heldBy('approval')).id).toBe(id);
  await scene.agree();
  await eventually('1.0.0 in prod', async () => scene.spoke('prod').done.at(0));
  expect(scene.spoke('prod').done).toEqual(['aria 1.0.0 install']);
});
