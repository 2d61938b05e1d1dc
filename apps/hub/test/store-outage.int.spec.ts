import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { TestHub } from '../src/testing/test-hub.js';

describe('a hub whose store does not answer', () => {
  it('says so, and when to try again', async () => {
    const hub = await TestHub.start();
    hub.store.transact = () => Promise.reject(new StoreUnavailable('connection refused'));
    hub.store.ready = () => Promise.resolve(false);
    try {
      const answer = await hub.get('/api/v1/products');
      expect(answer).toMatchObject({ status: 503, body: { code: 'http/unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(await hub.get('/health')).toMatchObject({
        status: 503,
        body: { status: 'unhealthy', agent: 'APOLLO' },
      });
      expect(await hub.get('/readyz')).toMatchObject({
        status: 503,
        body: { status: 'not_ready', store: 'does_not_answer' },
      });
      expect((await hub.get('/healthz')).status).toBe(200);
    } finally {
      await hub.stop();
    }
  });

  it('does not show what failed inside of it', async () => {
    const hub = await TestHub.start();
    hub.store.transact = () => Promise.reject(new Error('password hunter2 refused'));
    try {
      const answer = await hub.get('/api/v1/products');
      expect(answer).toMatchObject({ status: 500, body: { code: 'http/internal' } });
      expect(JSON.stringify(answer.body)).not.toContain('hunter2');
    } finally {
      await hub.stop();
    }
  });
});
