import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { openStore, STORE_BACKENDS } from './open-store.js';

describe('the backends of the store', () => {
  it('are these', () => {
    expect(Object.keys(STORE_BACKENDS)).toEqual(['memory', 'filesystem', 'database']);
  });

  it('open by name: memory', async () => {
    const store = await openStore('memory', {});
    expect(await store.ready()).toBe(true);
    await store.close();
  });

  it('open by name: database, where there is none', async () => {
    const open = openStore('database', { url: 'postgresql://me@/apollo?host=/nowhere' });
    await expect(open).rejects.toThrow(StoreUnavailable);
  });
});
