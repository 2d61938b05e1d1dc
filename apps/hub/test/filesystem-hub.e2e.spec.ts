import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HubClient } from './support/hub-client.js';
import { NodeProcess } from './support/node-process.js';
import { freePorts } from './support/test-system.js';

const ROUNDS = 8;

describe('a hub that keeps everything in files', () => {
  let folder: string;
  let hub: NodeProcess;
  let client: HubClient;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-files-'));
    const [port = 0] = await freePorts(1);
    client = new HubClient(`http://127.0.0.1:${port}`);
    hub = new NodeProcess(
      join(import.meta.dirname, '../dist/main.js'),
      {
        APOLLO_PORT: String(port),
        APOLLO_STORAGE: 'filesystem',
        APOLLO_STORAGE_DIR: join(folder, 'data'),
      },
      join(folder, 'hub.log'),
    );
  });
  afterAll(async () => {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loses nothing it has acknowledged, however often it is killed with kill -9', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      hub.start();
      await client.ready();
      const writing = Array.from({ length: 20 }, async (_, index) => {
        const name = `round-${round}-${index}`;
        const response = await client.request('POST', '/api/v1/environments', {
          name,
          tier: 'development',
        });
        if (response.status === 201) acknowledged.push(name);
        // The first answer is the signal to kill; the others are at any point of their way.
        if (index === 0) await hub.kill();
      });
      await Promise.allSettled(writing);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS);

    hub.start();
    await client.ready();
    const { items } = await client.list<{ name: string }>('/api/v1/environments?limit=200');
    const names = items.map(({ name }) => name);
    expect(acknowledged.filter((name) => !names.includes(name))).toEqual([]);
  });
});
