import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { anAccount } from '../src/testing/account.js';
import { PipelineScene } from './support/pipeline-scene.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

let scene: PipelineScene;
beforeEach(async () => {
  scene = await PipelineScene.start();
  await scene.service('aria', '1.0.0', '1.1.0');
});
afterEach(() => scene.stop());

async function post(
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${scene.client.url}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answered = (await response.json()) as Answer['body'];
  return { status: response.status, headers: response.headers, body: answered };
}

const NOW = { prefer: 'wait=0' };

/** A version goes to dev and completes there. */
async function inDev(version: string): Promise<void> {
  expect(await scene.deploy('aria', version)).toMatchObject({ status: 'completed' });
}

/** What completed in dev goes to prod, agreed to by the sre, and completes there. */
async function inProd(): Promise<void> {
  const asked = post('promote', { service: 'aria' });
  await scene.agree();
  expect(await asked).toMatchObject({ status: 200, body: { status: 'completed' } });
}

describe('POST /promote', () => {
  it('says 202 while people are to agree, what it waits for and where to look', async () => {
    await inDev('1.0.0');
    const { status, headers, body } = await post('promote', { service: 'aria' }, NOW);
    expect({ status, body }).toMatchObject({
      status: 202,
      body: {
        ...{ status: 'pending', promoted_from: 'dev', promoted_to: 'prod' },
        message: expect.stringContaining('Promotion is under way (pending) and waits: '),
        waits_for: expect.arrayContaining([
          {
            ...{ code: 'approval', entity: 'aria-prod', plan: expect.any(String) },
            message: expect.stringContaining('sre'),
            cure: expect.stringMatching(/POST \/api\/v1\/plans\/\w+\/approve/),
          },
        ]),
      },
    });
    expect(headers.get('location')).toBe(`/api/v1/deployments/${String(body['deployment_id'])}`);
    expect(headers.get('preference-applied')).toBe('wait=0');
    expect(scene.spoke('prod').done).toEqual([]);
  });

  it.each([
    {
      name: 'the wrong way',
      body: { service: 'aria', from_env: 'staging', to_env: 'dev' },
      expected: { status: 400, body: { detail: 'Invalid promotion path: staging → dev' } },
    },
    {
      name: 'of what runs nowhere',
      body: { service: 'aria', from_env: 'staging', to_env: 'prod' },
      expected: {
        status: 400,
        body: {
          detail: 'Service aria is not healthy in staging. Fix it before promoting.',
          data: { because: ['aria is nowhere in staging'] },
        },
      },
    },
    {
      name: 'of an unknown service',
      body: { service: 'none' },
      expected: { status: 404, body: { code: 'catalog/product_not_found', field: 'service' } },
    },
    {
      name: 'to an unknown place',
      body: { service: 'aria', to_env: 'moon' },
      expected: { status: 404, body: { code: 'catalog/environment_not_found' } },
    },
    {
      name: 'with a field that nobody knows',
      body: { service: 'aria', version: '1.0.0' },
      expected: { status: 400, body: { code: 'http/invalid_request', field: 'version' } },
    },
  ])('$name is refused', async ({ body, expected }) => {
    expect(await post('promote', body)).toMatchObject(expected);
  });

  it.each(['wait=soon', 'wait=-1', 'wait='])(
    'refuses "Prefer: %s" and does nothing',
    async (prefer) => {
      const answer = await post('promote', { service: 'aria' }, { prefer });
      expect(answer).toMatchObject({ status: 400, body: { field: 'Prefer' } });
      expect((await scene.client.list('/api/v1/audit?limit=200')).items).not.toContainEqual(
        expect.objectContaining({ action: 'deployment.request' }),
      );
    },
  );

  it('names the recall of what completed in its source', async () => {
    await inDev('1.0.0');
    const { id } = await scene.client.post('/api/v1/recalls', {
      ...{ product: 'aria', range: '1.0.0', strategy: 'forward', reason: 'It loses orders' },
    });
    expect(await post('promote', { service: 'aria' })).toMatchObject({
      status: 409,
      body: {
        ...{ code: 'deployment/recalled', data: { version: '1.0.0', recall: id } },
        detail: expect.stringContaining(
          `aria 1.0.0 is recalled by dev-operator: It loses orders (recall ${String(id)})`,
        ),
      },
    });
  });

  it('is carried out once under one key, and answered the same again', async () => {
    await inDev('1.0.0');
    const key = { ...NOW, 'idempotency-key': 'promote-1' };
    const first = await post('promote', { service: 'aria' }, key);
    const again = await post('promote', { service: 'aria' }, key);
    expect(again).toMatchObject({ status: 202, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('location')).not.toBeNull();
  });
});

describe('POST /hotfix', () => {
  it('says what it goes past, and that somebody else is to agree', async () => {
    await inDev('1.0.0');
    await inProd();
    const asked = { service: 'aria', version: '1.1.0', reason: 'Critical auth bug' };
    const answer = await post('hotfix', asked, NOW);
    expect(answer).toMatchObject({
      status: 202,
      body: {
        status: 'pending',
        warning: 'This was a HOTFIX deployment. Please backport to DEV.',
        waives: ['window', 'soak', 'promoted', 'health'],
        break_glass: expect.any(String),
        waits_for: expect.arrayContaining([expect.objectContaining({ code: 'approval' })]),
      },
    });
    const { break_glass: id, deployment_id: deployment } = answer.body;
    const glass = await fetch(`${scene.client.url}/api/v1/break-glass/${String(id)}`);
    expect(await glass.json()).toMatchObject({ deployment, inForce: true });
  });

  it('of a machine does not take the place of one that goes past more than it may', async () => {
    await inDev('1.0.0');
    await inProd();
    const asked = { service: 'aria', version: '1.1.0', reason: 'Critical auth bug' };
    const { body } = await post('hotfix', asked, NOW);
    const robot = await anAccount(scene.context, 'robot', { roles: ['sre'] });
    await scene.context.store.transact(async ({ people }) => {
      const [person] = await people.getMany(['robot']);
      await people.save({ ...person!, machine: true });
    });
    expect(await post('hotfix', asked, { ...NOW, ...robot })).toMatchObject({
      status: 409,
      body: {
        code: 'hotfix/goes_past_nothing',
        detail: expect.stringContaining('robot may not break glass in prod'),
        data: { deployment: body['deployment_id'] },
      },
    });
    const stands = `/api/v1/deployments/${String(body['deployment_id'])}`;
    expect(await scene.client.get(stands)).toMatchObject({ status: 'pending' });
  });

  it('installs nothing where the service is not', async () => {
    const asked = { service: 'aria', version: '1.1.0', reason: 'Critical auth bug' };
    expect(await post('hotfix', asked, NOW)).toMatchObject({
      status: 409,
      body: { code: 'deployment/not_installed', detail: expect.stringContaining('POST /promote') },
    });
  });

  it('waits in line without a break-glass, and opens it as it leaves that', async () => {
    await scene.release('aria', '1.2.0');
    await inDev('1.0.0');
    const working = scene.spoke('prod').worksOn('1.0.0');
    await post('promote', { service: 'aria' }, NOW);
    await scene.agree();
    const speak = await working;
    const asked = { service: 'aria', version: '1.2.0', reason: 'Critical auth bug' };
    const { status, body } = await post('hotfix', asked, { ...NOW, ...scene.sre });
    expect({ status, body }).toMatchObject({
      status: 202,
      body: {
        waives: ['approval', 'window', 'soak', 'promoted', 'health'],
        break_glass_waits: expect.stringContaining('it waits in line: its break-glass is opened'),
        waits_for: [{ code: 'queued' }],
      },
    });
    expect(body).not.toHaveProperty('break_glass');
    const shown = () =>
      scene.client.get<Readonly<Record<string, unknown>>>(
        `/api/v1/deployments/${String(body['deployment_id'])}`,
      );
    expect(await shown()).toMatchObject({ breakGlassGrant: { until: expect.any(String) } });
    speak();
    const ended = await eventually('the end of the hotfix', async () => {
      const seen = await shown();
      return 'endedAt' in seen ? seen : undefined;
    });
    expect(ended).toMatchObject({ status: 'completed', breakGlass: expect.any(String) });
    expect(ended).not.toHaveProperty('breakGlassGrant');
  });

  it.each([
    { name: 'nine characters', reason: ' 012345678 ' },
    { name: 'spaces', reason: ' \u00a0\t' },
    { name: 'no reason', reason: undefined },
  ])('is refused for $name', async ({ reason }) => {
    expect(await post('hotfix', { service: 'aria', version: '1.1.0', reason })).toMatchObject({
      status: 400,
      body: { detail: 'Hotfix requires a detailed reason (min 10 characters)', field: 'reason' },
    });
  });
});

describe('POST /rollback', () => {
  it('finds nothing before what failed and went back by itself', async () => {
    await inDev('1.0.0');
    scene.spoke('dev').sick.add('1.1.0');
    expect(await scene.deploy('aria', '1.1.0')).toMatchObject({ status: 'rolled_back' });
    expect(await post('rollback', { service: 'aria' })).toMatchObject({
      status: 404,
      body: {
        detail: 'No previous deployment found for aria',
        data: { environment: 'dev', running: ['1.0.0'] },
      },
    });
    expect(scene.spoke('dev').done).toEqual([
      'aria 1.0.0 install',
      'aria 1.1.0 upgrade failed',
      'aria 1.0.0 rollback',
    ]);
  });

  it('says rolled_back once the spoke has seen it', async () => {
    await inDev('1.0.0');
    await inProd();
    await inDev('1.1.0');
    await inProd();
    expect(await post('rollback', { service: 'aria' })).toMatchObject({
      status: 200,
      body: { status: 'rolled_back', service: 'aria', rolled_back_to: '1.0.0' },
    });
    expect(scene.spoke('prod').done.at(-1)).toBe('aria 1.0.0 rollback');
    const holds = await scene.client.list('/api/v1/holds');
    expect(holds.items).toMatchObject([{ entity: 'aria-prod', until: 'lifted' }]);
  });

  it('takes the values back too, and says which; once more it changes nothing, and says so', async () => {
    await inDev('1.0.0');
    await scene.client.put('/api/v1/entities/aria-dev', {
      ...{ spoke: 'dev', product: 'aria' },
      ...{ desired: { version: '1.1.0' }, values: { replicas: 5 } },
    });
    await inDev('1.1.0');
    const back = { service: 'aria', environment: 'dev', target_version: '1.0.0' };
    const { status, body } = await post('rollback', back);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'rolled_back', message: 'Rollback completed' },
        restored_values: [
          {
            entity: 'aria-dev',
            changes: [{ path: 'replicas', change: 'removed', before: 5 }],
            more: 0,
          },
        ],
      },
    });
    const shown = await scene.client.get(`/api/v1/deployments/${String(body['deployment_id'])}`);
    expect(shown['restoredValues']).toEqual(body['restored_values']);
    expect(await scene.client.get('/api/v1/entities/aria-dev')).toMatchObject({ values: {} });
    const again = await post('rollback', back);
    expect(again).toMatchObject({ status: 200, body: { status: 'rolled_back' } });
    expect(again.body['message']).toBe(
      'Rollback completed: 1.0.0 runs there already, so nothing was changed; it is held there',
    );
    expect(scene.spoke('dev').done).toHaveLength(3);
  });

  it('says 500 and why where it did not come about, and again under its key', async () => {
    await inDev('1.0.0');
    await inDev('1.1.0');
    scene.spoke('dev').sick.add('1.0.0');
    const key = { 'idempotency-key': 'rollback-2' };
    const expected = {
      status: 500,
      body: { code: 'rollback/failed', detail: expect.stringContaining('1.0.0') },
    };
    expect(await post('rollback', { service: 'aria' }, key)).toMatchObject(expected);
    const again = await post('rollback', { service: 'aria' }, key);
    expect(again).toMatchObject(expected);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('what gives way to another request', () => {
  it('says so of a rollback with 409, and the same again under its key', async () => {
    await inDev('1.0.0');
    await inDev('1.1.0');
    await scene.client.post('/api/v1/suppressions', {
      ...{ start: '2020-01-01T00:00:00Z', end: '2099-01-01T00:00:00Z' },
      ...{ reason: 'Black Friday', hard: true, scope: { environments: ['dev'] } },
    });
    const key = { 'idempotency-key': 'rollback-1' };
    const asked = post('rollback', { service: 'aria' }, key);
    await scene.underWay('aria', 'dev');
    const other = await post('deploy', { service: 'aria', version: '1.0.0' }, NOW);
    const by = String(other.body['deployment_id']);
    const first = await asked;
    const id = first.headers.get('location')?.split('/').at(-1) ?? '';
    const notes = `deployment ${by} took its place before anything of it had gone out`;
    expect(first).toMatchObject({
      status: 409,
      body: {
        ...{ code: 'rollback/superseded', title: 'Another deployment took its place' },
        detail: `aria did not go back to 1.0.0 in dev: ${notes}; look at that one (GET /api/v1/deployments/${by}) or at GET /status/aria, and ask again if 1.0.0 is still wanted`,
        data: { deployment_id: id, status: 'failed', environment: 'dev', superseded_by: by },
      },
    });
    const again = await post('rollback', { service: 'aria' }, key);
    const { requestId: _, ...told } = first.body;
    expect(again).toMatchObject({ status: 409, body: told });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('says so of any other as of what failed, as it is specified', async () => {
    await inDev('1.0.0');
    const asked = post('promote', { service: 'aria' });
    await scene.underWay('aria', 'prod');
    const other = await post('promote', { service: 'aria', reason: 'once more' }, NOW);
    const by = String(other.body['deployment_id']);
    expect(await asked).toMatchObject({
      status: 200,
      body: {
        ...{ status: 'failed', superseded_by: by, promoted_from: 'dev', promoted_to: 'prod' },
        message: expect.stringMatching(
          new RegExp(`^Promotion failed: deployment ${by} took its place .*ask again`),
        ),
      },
    });
  });
});

describe('who waits', () => {
  it('is answered with how far it has come when the hub stops', async () => {
    await inDev('1.0.0');
    const waiting = post('promote', { service: 'aria' }, { prefer: 'wait=300' });
    await scene.underWay('aria', 'prod');
    await scene.stop();
    expect(await waiting).toMatchObject({ status: 202, body: { status: 'pending' } });
  });
});
