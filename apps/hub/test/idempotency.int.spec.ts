import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import type { IdempotencyRecord } from '@apollo-deploy/orchestration';
import { aChart } from '../src/testing/chart-archive.js';
import { type Answer, TestHub } from '../src/testing/test-hub.js';
import { PipelineHub } from './support/pipeline-hub.js';
import { PipelineScene } from './support/pipeline-scene.js';

describe('idempotency keys', () => {
  const product = { name: 'keyed', criticality: 'low' };
  const key = { 'idempotency-key': 'a-key' };
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    await hub.post('/api/v1/products', { name: 'shop', criticality: 'low' });
    await hub.post('/api/v1/join-tokens', { spoke: 'dev-1', environment: 'dev' });
  });
  afterAll(() => hub.stop());

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

  it.each(['/spoke/join', '/auth/backchannel-logout'])(
    'are nobody’s at %s: what is asked there is answered as without',
    async (path) => {
      const { status, body } = await hub.post(path, {});
      const { requestId: _, ...answer } = body;
      expect(status).toBeLessThan(500);
      const keyed = await hub.post(path, {}, { 'idempotency-key': 'of-nobody' });
      expect(keyed).toMatchObject({ status, body: answer });
    },
  );

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
    const kept = await hub.store.transact((unit) => unit.idempotency.get('dev-operator', 'token'));
    expect(JSON.stringify(kept)).not.toContain(String(first.body['token']));
  });

  it.each(['', ' ', 'a b', 'x'.repeat(256)])('are not %p', async (bad) => {
    const answer = await hub.post('/api/v1/products', product, { 'idempotency-key': bad });

    expect(answer).toMatchObject({ status: 400, body: { field: 'Idempotency-Key' } });
  });
});

describe('idempotency keys of the pipeline', () => {
  const ROUTES = [
    { path: '/deploy', body: { service: 'aria', version: '1.2.0' } },
    { path: '/promote', body: { service: 'aria', reason: 'Tested and verified' } },
    { path: '/hotfix', body: { service: 'aria', reason: 'Critical auth bug' } },
    { path: '/rollback', body: { service: 'aria', environment: 'dev' } },
  ];
  let scene: PipelineScene;
  beforeAll(async () => {
    scene = await PipelineScene.start({}, { settlingMs: 0 });
    await scene.service('aria', '1.0.0', '1.1.0', '1.2.0');
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await scene.deploy('aria', version);
  });
  afterAll(() => scene.stop());

  async function post(path: string, key: string, body: object) {
    const headers = { 'idempotency-key': key, prefer: 'wait=0' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${scene.client.url}${path}`, init);
    const [replayed, location, applied] = [
      'idempotency-replayed',
      'location',
      'preference-applied',
    ].map((name) => response.headers.get(name));
    const answer = { status: response.status, body: (await response.json()) as object };
    return { ...answer, replayed, location, applied };
  }
  const total = async () =>
    (await scene.client.get('/history/aria?limit=1'))['total_deployments'] as number;

  it.each(ROUTES)(
    'give $path one deployment, and the same answer again',
    async ({ path, body }) => {
      const before = await total();
      const first = await post(path, path, body);
      expect([200, 202]).toContain(first.status);
      const { deployment_id: id } = first.body as { readonly deployment_id: string };
      const where = { location: `/api/v1/deployments/${id}`, applied: 'wait=0' };
      expect(first).toMatchObject({ ...where, replayed: null });
      expect(await total()).toBe(before + 1);
      expect(await post(path, path, body)).toEqual({ ...first, replayed: 'true' });
      expect(await post(path, path, { ...body, reason: 'something else' })).toMatchObject({
        status: 409,
        body: { code: 'http/idempotency_mismatch', field: 'Idempotency-Key' },
      });
      expect(await total()).toBe(before + 1);

      const twice = await Promise.all([1, 2].map(() => post(path, `${path}-at-once`, body)));
      expect(await total()).toBe(before + 2);
      const [taken, other] = twice.toSorted((one, two) => one.status - two.status);
      expect([200, 202]).toContain(taken?.status);
      // Either the first had its answer already, or it is still under way.
      if (other?.status === 409) {
        expect(other.body).toMatchObject({ code: 'http/idempotency_in_flight' });
      } else {
        expect(other?.body).toEqual(taken?.body);
      }
    },
  );
});

describe('a request for a deployment that waits for its answer', () => {
  const BODY = { service: 'web', version: '1.0.0' };
  const HOTFIX = { service: 'web', version: '1.0.0', reason: 'Critical auth bug' };
  const key = (wait: number) => ({ 'idempotency-key': 'a-key', prefer: `wait=${String(wait)}` });
  let here: PipelineHub;
  let there: TestHub;
  beforeEach(async () => {
    here = await PipelineHub.start();
    there = await TestHub.start({ deployments: { settlingMs: 0 } }, { store: here.hub.store });
  });
  afterEach(async () => {
    await here.stop();
    await there.stop();
  });

  /** Asked for at one replica, which has not answered yet. */
  async function asking(path: string, body: object): Promise<{ readonly answer: Promise<Answer> }> {
    const answer = here.hub.post(path, body, key(60));
    await eventually('the deployment', async () => ((await total()) === 1 ? true : undefined));
    return { answer };
  }
  const total = async () => (await there.get('/history/web')).body['total_deployments'];

  it('is found by its repetition at another replica, and makes no other one', async () => {
    const { answer } = await asking('/deploy', BODY);
    const again = await there.post('/deploy', BODY, key(0));
    expect(again).toMatchObject({ status: 202, body: { status: 'deploying' } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = { ...BODY, version: '1.1.0' };
    expect(await there.post('/deploy', other, key(0))).toMatchObject({
      status: 409,
      body: { code: 'http/idempotency_mismatch' },
    });
    await here.carryOut('dev');
    const { status, body } = await answer;
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(body['deployment_id']).toBe(again.body['deployment_id']);
    expect(await total()).toBe(1);
  });

  it('is found by its repetition though the replica died that had it', async () => {
    const { answer } = await asking('/deploy', BODY);
    const { store } = here.hub;
    const kept = await store.transact((unit) => unit.idempotency.get('dev-operator', 'a-key'));
    // What a replica that knows no deployments under way sends as it is.
    expect(kept).toMatchObject({
      status: 409,
      body: {
        ...{ status: 409, code: 'http/idempotency_in_flight', field: 'Idempotency-Key' },
        ...{ detail: expect.any(String), deployment: expect.any(String) },
      },
    });
    const lost = answer.catch(() => 'no answer');
    here.hub.app.getHttpServer().closeAllConnections();
    expect(await lost).toBe('no answer');
    // One that is killed does not get to keep how far it had come by then.
    if (kept !== undefined) await store.transact((unit) => unit.idempotency.put(kept));
    const again = there.post('/deploy', BODY, key(60));
    await here.carryOut('dev');
    expect(await again).toMatchObject({ status: 200, body: { status: 'completed' } });
    expect(await total()).toBe(1);
  });

  it('is found by what an older replica has kept of it, before and after its answer', async () => {
    const { answer } = await asking('/deploy', BODY);
    const { store } = here.hub;
    const kept = await store.transact((unit) => unit.idempotency.get('dev-operator', 'a-key'));
    if (kept === undefined) throw new Error('nothing is kept');
    const { deployment = null } = kept.body as { readonly deployment?: string };
    const keep = (change: Pick<IdempotencyRecord, 'status' | 'body'>): Promise<void> =>
      store.transact((unit) => unit.idempotency.put({ ...kept, ...change }));
    await keep({ status: 102, body: { deployment } });
    expect(await there.post('/deploy', BODY, key(0))).toMatchObject({
      status: 202,
      body: { deployment_id: deployment, status: 'deploying' },
    });
    await here.carryOut('dev');
    expect(await answer).toMatchObject({ status: 200 });
    await keep({ status: 202, body: { deployment_id: deployment } });
    const again = await there.post('/deploy', BODY, key(0));
    expect(again).toMatchObject({ status: 202, body: { deployment_id: deployment } });
    expect(again.headers.get('location')).toBeNull();
    expect(await total()).toBe(1);
  });

  it('says of a hotfix what it goes past, also to its repetition', async () => {
    const wanted = { spoke: 'prod-1', product: 'web', desired: { channel: 'dev' } };
    expect(await here.hub.put('/api/v1/entities/web-prod', wanted)).toMatchObject({ status: 201 });
    const { answer } = await asking('/hotfix', HOTFIX);
    const again = await there.post('/hotfix', HOTFIX, key(0));
    expect(again).toMatchObject({
      status: 202,
      body: { break_glass: expect.any(String), waives: ['window', 'soak', 'promoted', 'health'] },
    });
    const lost = answer.catch(() => 'no answer');
    here.hub.app.getHttpServer().closeAllConnections();
    await lost;
    expect(await total()).toBe(1);
  });
});
