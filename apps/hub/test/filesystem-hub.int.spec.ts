import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HubClient } from './support/hub-client.js';
import { NodeProcess } from './support/node-process.js';
import { freePorts } from './support/test-system.js';

const KILLS = 20;
/** Half a minute is what it takes; a machine that does much else needs more. */
const TIMEOUT_MS = 300_000;
/** Requests under way, or already answered, when the hub dies. */
const WRITES = 20;

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
        APOLLO_LOGIN: 'local',
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

  /** The names that a list has, whatever it takes to read all of its pages. */
  async function allNames(path: string): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    let after = '';
    for (;;) {
      const page = await client.get<Page>(`${path}?limit=200${after}`);
      for (const { name } of page.items) names.add(name);
      if (page.next === undefined) return names;
      after = `&after=${page.next}`;
    }
  }

  it(
    `loses nothing it has acknowledged, ${String(KILLS)} times killed with kill -9`,
    async () => {
      const made = { environments: [] as string[], products: [] as string[] };
      for (let round = 0; round < KILLS; round += 1) {
        hub.start();
        await client.ready();
        const writing = Array.from({ length: WRITES }, async (_, index) => {
          const name = `round-${round}-${index}`;
          const kind = index % 2 === 0 ? 'environments' : 'products';
          const body = index % 2 === 0 ? { tier: 'development' } : { criticality: 'low' };
          const response = await client.request('POST', `/api/v1/${kind}`, { name, ...body });
          if (response.status === 201) made[kind].push(name);
          // One of the answers is the signal to kill; the others are at any point of their way.
          if (index === round % WRITES) await hub.kill();
        });
        await Promise.allSettled(writing);
        await hub.kill();
      }
      expect(made.environments.length + made.products.length).toBeGreaterThanOrEqual(KILLS);

      hub.start();
      await client.ready();
      for (const kind of ['environments', 'products'] as const) {
        const names = await allNames(`/api/v1/${kind}`);
        expect(made[kind].filter((name) => !names.has(name))).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );
});

interface Page {
  readonly items: readonly { readonly name: string }[];
  readonly next?: string;
}
