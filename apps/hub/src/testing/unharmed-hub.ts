import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { type Answer, TestHub } from './test-hub.js';

const LISTS = ['environments', 'products', 'releases', 'channels', 'entities', 'spokes', 'audit'];

/**
 * A hub for the tests of one `describe`, with environment `dev`, product `shop` and spoke `dev-1`.
 * Fails every test after which anything is stored that was not stored before, or the hub is not well.
 */
export function unharmedHub(): () => TestHub {
  let hub: TestHub;
  let before: unknown;
  beforeAll(async () => {
    hub = await TestHub.start();
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
  return () => hub;
}

/** Expects a refusal as every refusal is answered, with these members. */
export function expectRefused(
  answer: Answer,
  status: number,
  expected: Readonly<Record<string, unknown>>,
): void {
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

/** All that anybody has stored, as far as the API shows it. */
async function everything(hub: TestHub): Promise<unknown> {
  return Promise.all(LISTS.map(async (list) => (await hub.get(`/api/v1/${list}`)).body));
}
