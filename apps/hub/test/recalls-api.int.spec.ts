import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aChart } from '../src/testing/chart-archive.js';
import { TestHub } from '../src/testing/test-hub.js';

const RECALL = {
  product: 'shop',
  range: '>=1.4.0 <1.5.0',
  strategy: 'downgrade',
  minimum: '1.2.0',
  reason: 'It loses orders',
};

describe('recalls', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start();
    await hub.post('/api/v1/products', { name: 'shop', criticality: 'low' });
    for (const version of ['1.3.0', '1.4.0']) await register(version);
  });
  afterAll(() => hub.stop());

  async function register(version: string): Promise<unknown> {
    const { body } = await hub.release({ product: 'shop', version }, await aChart('shop', version));
    return body['recalled'];
  }

  async function recalled(): Promise<readonly string[]> {
    const { body } = await hub.get('/api/v1/releases?product=shop');
    const items = body['items'] as readonly { version: string; recalled: boolean }[];
    return items.filter((item) => item.recalled).map(({ version }) => version);
  }

  it('mark releases in their range, those registered later too, until they are withdrawn', async () => {
    const made = await hub.post('/api/v1/recalls', RECALL);
    const { id } = made.body;
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...RECALL,
        id: expect.stringMatching(/^[0-9A-Z]{26}$/),
        createdBy: 'dev-operator',
        createdAt: '2026-03-01T12:00:00.000Z',
      },
    });
    expect((await hub.get(`/api/v1/recalls/${String(id)}`)).body).toEqual(made.body);
    expect((await hub.get('/api/v1/recalls?product=shop')).body).toEqual({ items: [made.body] });
    expect((await hub.get('/api/v1/recalls?product=other')).body).toEqual({ items: [] });
    expect(await register('1.4.1')).toBe(true);
    expect(await recalled()).toEqual(['1.4.0', '1.4.1']);

    const gone = await hub.send('DELETE', `/api/v1/recalls/${String(id)}`);
    expect(gone).toMatchObject({ status: 204, body: { text: '' } });
    expect(await recalled()).toEqual([]);
    for (const method of ['GET', 'DELETE']) {
      expect(await hub.send(method, `/api/v1/recalls/${String(id)}`)).toMatchObject({
        status: 404,
        body: { code: 'recall/not_found' },
      });
    }
    const audit = await hub.get(`/api/v1/audit?subject=recall/${String(id)}`);
    expect(audit.body).toMatchObject({
      items: [
        { action: 'recall.add', detail: RECALL },
        { action: 'recall.withdraw', detail: { product: 'shop', reason: 'It loses orders' } },
      ],
    });
  });

  it.each([
    { name: 'of a product nobody knows', change: { product: 'none' }, status: 404 },
    { name: 'with a range that is none', change: { range: '1.4..0' }, status: 400 },
    { name: 'with a strategy of its own', change: { strategy: 'sideways' }, status: 400 },
    { name: 'forward with a minimum', change: { strategy: 'forward' }, status: 400 },
    { name: 'without a reason', change: { reason: ' ' }, status: 400 },
  ])('are refused $name', async ({ change, status }) => {
    expect((await hub.post('/api/v1/recalls', { ...RECALL, ...change })).status).toBe(status);
  });
});
