import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PipelineHub } from './support/pipeline-hub.js';

const COUNT = 12;
/** An entry as the specification of the pipeline lists it, and what is told besides. */
const FIELDS = [
  ...['id', 'from_version', 'to_version', 'environment', 'status', 'deployed_at'],
  ...['duration_seconds', 'notes', 'deployed_by', 'rollback_version', 'kind', 'went_out_at'],
];

let scene: PipelineHub;
let ids: readonly string[];
beforeAll(async () => {
  scene = await PipelineHub.start();
  const first = await scene.deploy({ version: '1.0.0' });
  await scene.carryOut('dev');
  const asked = [String(first.body['deployment_id'])];
  await scene.untilIs(asked[0] ?? '', 'completed');
  // What runs there already completes at once.
  while (asked.length < COUNT) {
    const { status, body } = await scene.deploy({ version: '1.0.0' });
    expect(status).toBe(200);
    asked.push(String(body['deployment_id']));
  }
  ids = asked.toReversed();
});
afterAll(() => scene.stop());

async function history(path: string) {
  const { status, body } = await scene.hub.get(`/history/${path}`);
  const { history: entries = [] } = body as { history?: readonly Record<string, unknown>[] };
  return { status, body, entries };
}

describe('GET /history/{service}', () => {
  it('lists the ten newest, newest first, and counts all', async () => {
    const { status, body, entries } = await history('web');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['service', 'total_deployments', 'history']);
    expect(body).toMatchObject({ service: 'web', total_deployments: COUNT });
    expect(entries.map(({ id }) => id)).toEqual(ids.slice(0, 10));
    expect(entries.map((entry) => Object.keys(entry).toSorted())).toEqual(
      Array.from({ length: 10 }, () => FIELDS.toSorted()),
    );
  });

  it('says null of what is not there', async () => {
    const { entries } = await history(`web?limit=200`);
    expect(entries).toHaveLength(COUNT);
    expect(entries.at(-1)).toMatchObject({ from_version: null, rollback_version: null });
    // What ran already went out once; all after it only found it there.
    expect(entries.map(({ went_out_at: at }) => at)).toEqual([
      ...Array.from({ length: COUNT - 1 }, () => null),
      expect.stringMatching(/Z$/),
    ]);
    expect(entries.map(({ kind }) => kind)).toEqual(entries.map(() => 'deploy'));
  });

  it.each([
    { limit: '1', length: 1 },
    { limit: '12', length: COUNT },
    { limit: '200', length: COUNT },
  ])('lists at most $limit', async ({ limit, length }) => {
    expect((await history(`web?limit=${limit}`)).entries.map(({ id }) => id)).toEqual(
      ids.slice(0, length),
    );
  });

  it.each(['0', '-1', '201', '1000000000', '1e2', '1.5', 'abc', '', '%20', '1&limit=2'])(
    'refuses limit=%s, and says what is accepted',
    async (limit) => {
      expect(await scene.hub.get(`/history/web?limit=${limit}`)).toMatchObject({
        status: 400,
        body: {
          ...{ code: 'http/invalid_request', field: 'limit' },
          detail: expect.stringMatching(/limit.*1 to 200/),
        },
      });
    },
  );

  it('refuses a parameter that there is not', async () => {
    expect(await scene.hub.get('/history/web?offset=10')).toMatchObject({
      status: 400,
      body: { field: 'offset' },
    });
  });

  it('lists of one environment alone', async () => {
    expect((await history('web?environment=dev')).body).toMatchObject({ total_deployments: COUNT });
    expect((await history('web?environment=staging')).body).toEqual({
      ...{ service: 'web', total_deployments: 0, history: [] },
    });
  });
});

const ODD = [
  { name: 'that nobody knows', service: 'nobody' },
  { name: 'with letters beyond ASCII', service: 'größe✅' },
  { name: 'with a slash', service: 'a/b' },
  { name: 'that climbs', service: '../../etc/passwd' },
  { name: 'that reads like SQL', service: "web'; DROP TABLE deployment_history; --" },
  { name: 'with wildcards', service: '%_*' },
  { name: 'with spaces and line ends', service: ' web\r\n' },
  { name: 'in capitals', service: 'WEB' },
  { name: 'that is an inherited word', service: '__proto__' },
  { name: 'of 4,000 letters', service: 'x'.repeat(4_000) },
];

describe.each(['status', 'history'])('GET /%s/{service} in an environment', (route) => {
  it.each(['moon', 'prdo'])('that there is not is refused, and names it: %s', async (named) => {
    expect(await scene.hub.get(`/${route}/web?environment=${named}`)).toMatchObject({
      status: 404,
      body: {
        ...{ code: 'catalog/environment_not_found', field: 'environment' },
        detail: `there is no environment "${named}"; GET /api/v1/environments lists them`,
      },
    });
  });
});

describe('a service that is not registered', () => {
  it.each(ODD)('has no history, and is said not to be there: one $name', async ({ service }) => {
    const path = encodeURIComponent(service);
    const warning = `there is no service ${JSON.stringify(service)}; GET /api/v1/products lists those that there are`;
    const [status, history] = ['status', 'history'].map((route) =>
      scene.hub.get(`/${route}/${path}`),
    );
    expect(await status).toMatchObject({
      status: 200,
      body: { service, status: 'unknown', message: 'No deployment history found', warning },
    });
    expect(await history).toMatchObject({
      status: 200,
      body: { service, total_deployments: 0, history: [], warning },
    });
  });

  it.each(['status', 'history'])('is refused by /%s where its name is no text', async (route) => {
    for (const name of ['%00', 'web%00', '%ff', '%E0%A4']) {
      expect(await scene.hub.get(`/${route}/${name}`)).toMatchObject({
        status: 400,
        body: { code: 'http/invalid_request', detail: expect.any(String) },
      });
    }
    expect(await scene.hub.get(`/${route}/`)).toMatchObject({ status: 404 });
    expect(await scene.hub.get(`/${route}`)).toMatchObject({ status: 404 });
  });
});

describe('GET /status/{service}', () => {
  it('has the fields of the specification, of the newest deployment', async () => {
    const { status, body } = await scene.hub.get('/status/web');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ service: 'web', status: 'completed', version: '1.0.0', environment: 'dev' },
      ...{ deployed_at: expect.stringMatching(/Z$/), duration_seconds: expect.any(Number) },
      ...{ deployment_id: ids[0], kind: 'deploy', went_out_at: null },
    });
  });

  it('says what runs and how it does, while the newest deployment is under way', async () => {
    const { body: asked } = await scene.deploy({ version: '1.1.0' });
    const { body } = await scene.hub.get('/status/web');
    expect(body).toMatchObject({ deployment_id: asked['deployment_id'], version: '1.1.0' });
    expect(body['runs']).toEqual([{ environment: 'dev', versions: ['1.0.0'], healthy: true }]);
  });

  it('is unknown in an environment where nothing was deployed', async () => {
    expect((await scene.hub.get('/status/web?environment=staging')).body).toEqual({
      ...{ service: 'web', status: 'unknown', message: 'No deployment history found' },
    });
  });
});
