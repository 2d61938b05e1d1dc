import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChainCheck, type ChainHead } from '@apollo-deploy/domain';
import { TestHub } from '../src/testing/test-hub.js';

describe('the API of the audit trail', () => {
  let hub: TestHub;
  beforeEach(async () => {
    hub = await TestHub.start();
  });
  afterEach(() => hub.stop());

  const product = (name: string) => hub.post('/api/v1/products', { name, criticality: 'low' });

  /** Once everything that was done is linked, which the hub does by itself. */
  async function headAt(number: number): Promise<ChainHead> {
    for (;;) {
      const { body } = await hub.get('/api/v1/audit/head');
      if (body['number'] === number) return body as unknown as ChainHead;
    }
  }

  async function exported(query = ''): Promise<readonly string[]> {
    const { status, headers, body } = await hub.get(`/api/v1/audit/export${query}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    return String(body['text']).split('\n').slice(0, -1);
  }

  it('has a head and an empty export before anything was done', async () => {
    const nothing = { number: 0, hash: '0'.repeat(64) };
    expect((await hub.get('/api/v1/audit/head')).body).toEqual(nothing);
    expect(await exported()).toEqual([]);
  });

  it('exports what was done, provably whole against the head that it publishes', async () => {
    for (const name of ['a', 'b', 'c']) await product(name);
    const head = await headAt(3);
    const lines = await exported();
    const chain = new ChainCheck([head]);
    for (const line of lines) chain.take(line);
    expect(chain.end()).toEqual({ ok: true, value: head });
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(
      ['a', 'b', 'c'].map((name, index) => ({
        number: index + 1,
        entry: { actor: 'dev-operator', action: 'product.create', subject: `product/${name}` },
      })),
    );
    expect(await exported('?after=2')).toEqual(lines.slice(2));
    expect(await exported('?after=3')).toEqual([]);
  });

  it('refuses a number that is none, and says what would be one', async () => {
    expect(await hub.get('/api/v1/audit/export?after=-1')).toMatchObject({
      status: 400,
      body: { field: 'after', detail: expect.stringContaining('a whole number from 0') },
    });
  });
});
