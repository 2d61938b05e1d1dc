import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PipelineHub } from './support/pipeline-hub.js';

let scene: PipelineHub;
beforeAll(async () => {
  scene = await PipelineHub.start();
});
afterAll(() => scene.stop());

describe('POST /deploy', () => {
  it('brings the newest release of the channel to dev, and says how that went', async () => {
    const answer = await scene.deploy({ reason: 'first' });
    const { deployment_id: id } = answer.body;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/v1/deployments/${String(id)}`);
    expect(answer.body).toEqual({
      deployment_id: expect.stringMatching(/^deploy_20260301120001_web_[0-9a-z]{12}$/),
      status: 'pending',
      message: expect.stringMatching(/^Deployment to dev is under way \(pending\) and waits: ./),
      // For its evaluation, or already for its plan to go out.
      waits_for: [
        expect.objectContaining({ entity: 'web-dev', cure: expect.stringMatching(/^wait: /) }),
      ],
    });
    const plan = await scene.carryOut('dev');
    expect(await scene.untilIs(String(id), 'completed')).toMatchObject({
      kind: 'deploy',
      toVersion: '1.0.0',
      deployedBy: 'dev-operator',
      notes: 'first (completed)',
      durationSeconds: 0,
      plans: [{ id: plan.id, spoke: 'dev-1', state: 'SUCCEEDED' }],
      targets: [{ state: 'healthy', looks: [{ healthy: true }, {}, {}] }],
      waitsFor: [],
    });
    const { body: entity } = await scene.hub.get('/api/v1/entities/web-dev');
    expect(entity).toMatchObject({ desired: { channel: 'dev' }, namespace: 'web' });
  });

  it('answers 200 where that runs there already, and pins what is named', async () => {
    const answer = await scene.deploy({ version: '1.0.0', target_env: 'dev' });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'completed', message: 'Deployment to dev completed' },
    });
    const { body } = await scene.hub.get('/status/web');
    const inDev = {
      status: 'completed',
      version: '1.0.0',
      environment: 'dev',
      deployed_at: '2026-03-01T12:00:02.000Z',
      duration_seconds: 0,
      deployment_id: answer.body['deployment_id'],
      pinned: true,
      ...{ kind: 'deploy', went_out_at: null },
    };
    const runs = [{ environment: 'dev', versions: ['1.0.0'], healthy: true }];
    expect(body).toEqual({ service: 'web', ...inDev, environments: [inDev], runs });
  });

  it('rolls back what does not do well, and tells the status and the history of that', async () => {
    const { body } = await scene.deploy({ version: '1.1.0' });
    await scene.carryOut('dev', 'badly');
    await scene.carryOut('dev');
    const ended = await scene.untilIs(String(body['deployment_id']), 'rolled_back');
    expect(ended).toMatchObject({ fromVersion: '1.0.0', rollbackVersion: '1.0.0' });
    const { body: history } = await scene.hub.get('/history/web?limit=1');
    expect(history).toMatchObject({
      service: 'web',
      total_deployments: 3,
      history: [
        {
          id: body['deployment_id'],
          from_version: '1.0.0',
          to_version: '1.1.0',
          environment: 'dev',
          status: 'rolled_back',
          rollback_version: '1.0.0',
          deployed_by: 'dev-operator',
        },
      ],
    });
  });

  it('backs up first where production is near, and keeps that with the release', async () => {
    const first = await scene.deploy({ version: '1.0.0', target_env: 'staging' });
    await scene.carryOut('staging');
    await scene.untilIs(String(first.body['deployment_id']), 'completed');
    const { body } = await scene.deploy({ version: '1.1.0', target_env: 'staging' });
    await scene.carryOut('staging');
    const ended = await scene.untilIs(String(body['deployment_id']), 'completed');
    expect(ended).toMatchObject({ backup: 'kept' });
    expect((ended['steps'] as { status: string }[]).map(({ status }) => status)).toContain(
      'backing_up',
    );
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/json'])(
    'reads JSON whatever it says that it is: %s',
    async (type) => {
      const body = JSON.stringify({ service: 'nobody', target_env: 'dev' });
      const answer = await scene.hub.send('POST', '/deploy', {
        body,
        headers: { 'content-type': type },
      });
      expect(answer).toMatchObject({
        status: 404,
        body: { code: 'catalog/product_not_found', field: 'service' },
      });
    },
  );

  it.each([
    {
      name: 'production',
      body: { target_env: 'prod' },
      status: 403,
      code: 'deployment/direct_to_production',
      detail:
        'Direct deployment to PROD is forbidden. Use /promote to move from DEV to PROD, or /hotfix for emergencies.',
    },
    {
      name: 'an environment that there is not',
      body: { target_env: 'moon' },
      status: 404,
      code: 'catalog/environment_not_found',
      detail: expect.stringContaining('"moon"'),
    },
    {
      name: 'a version that nobody registered',
      body: { version: '9.9.9' },
      status: 404,
      code: 'catalog/release_not_found',
      detail: expect.stringContaining('9.9.9'),
    },
    {
      name: 'a channel that holds nothing',
      body: { target_env: 'staging' },
      status: 404,
      code: 'catalog/release_not_found',
      detail: expect.stringContaining('channel staging'),
    },
    {
      name: 'a strategy that the chart does not declare',
      body: { version: '1.0.0', strategy: 'canary' },
      status: 400,
      code: 'deployment/strategy_not_declared',
      detail: expect.stringContaining('canary'),
    },
    {
      name: 'a hotfix that is none',
      body: { version: '1.0.0', strategy: 'immediate' },
      status: 400,
      code: 'deployment/strategy_not_declared',
      detail: expect.stringContaining('hotfixes'),
    },
    {
      name: 'an unknown strategy',
      body: { strategy: 'hope' },
      status: 400,
      code: 'http/invalid_request',
      detail: expect.stringContaining('rolling, blue_green, canary, immediate'),
    },
  ])('refuses $name', async ({ body, status, code, detail }) => {
    expect(await scene.deploy(body)).toMatchObject({ status, body: { code, detail } });
  });

  it('refuses what a page of another site sends', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect(await scene.deploy({}, headers)).toMatchObject({
      status: 403,
      body: { code: 'http/foreign_origin' },
    });
  });

  it('knows one request from its repetition', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await scene.deploy({ version: '1.0.0' }, headers);
    const again = await scene.deploy({ version: '1.0.0' }, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('carries out one of two at once, and refuses the other if that is asked for', async () => {
    const body = { target_env: 'staging', version: '1.0.0', on_conflict: 'refuse' };
    const answers = await Promise.all([scene.deploy(body), scene.deploy(body)]);
    const taken = answers.find(({ status }) => status === 202);
    const refused = answers.find(({ status }) => status === 409);
    const id = String(taken?.body['deployment_id']);
    expect(refused?.body).toMatchObject({
      code: 'deployment/in_progress',
      data: { deployment: id },
    });
    await scene.carryOut('staging');
    await scene.untilIs(id, 'completed');
  });
});

describe('what the pipeline tells', () => {
  it('of a service without history is that there is none', async () => {
    expect((await scene.hub.get('/status/nobody')).body).toEqual({
      service: 'nobody',
      status: 'unknown',
      message: 'No deployment history found',
      warning: 'there is no service "nobody"; GET /api/v1/products lists those that there are',
    });
    expect((await scene.hub.get('/history/nobody')).body).toEqual({
      service: 'nobody',
      total_deployments: 0,
      history: [],
      warning: 'there is no service "nobody"; GET /api/v1/products lists those that there are',
    });
  });

  it('are its rules', async () => {
    expect((await scene.hub.get('/rules')).body).toEqual({
      rules: [
        'Direct deployment to PROD is forbidden - use /promote or /hotfix',
        'All PROD deployments require a backup via CHRONOS',
        'Hotfixes require a detailed reason and are audited',
        'Health checks must pass after every deployment',
        'Promotion requires healthy source environment',
      ],
      valid_promotion_paths: ['DEV → STAGING', 'DEV → PROD', 'STAGING → PROD'],
      strategies: [
        { name: 'rolling', description: 'Gradual container replacement' },
        { name: 'blue_green', description: 'Zero-downtime swap' },
        { name: 'canary', description: 'Gradual traffic shift' },
        { name: 'immediate', description: 'Hotfix only - direct replacement' },
      ],
    });
  });

  it('are its deployments, newest first in pages', async () => {
    const first = await scene.hub.get('/api/v1/deployments?service=web&environment=dev&limit=2');
    const items = first.body['items'] as { id: string }[];
    expect(items).toHaveLength(2);
    const after = String(first.body['next']);
    const { body } = await scene.hub.get(`/api/v1/deployments?service=web&after=${after}`);
    expect(body['items']).not.toEqual([]);
    expect(await scene.hub.get('/api/v1/deployments?after=nothing')).toMatchObject({ status: 400 });
    const one = await scene.hub.get(`/api/v1/deployments/${items[0]?.id ?? ''}`);
    expect(one.headers.get('etag')).toBe(`"${String(one.body['version'])}"`);
  });
});
