import { eventually } from '@apollo-deploy/local-cluster/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testChart } from './support/test-chart.js';
import { TestSystem } from './support/test-system.js';

/** Enough objects to keep Helm busy for seconds, so that the pause begins in the middle of its run. */
const CONFIG_MAPS = 200;
/** The hub gives a connection up after 45 s of silence. */
const LONG_ENOUGH_MS = 180_000;

interface AuditEntry {
  readonly action: string;
  readonly detail: { readonly epoch?: number };
}

describe('a spoke that stands still in the middle of a Helm run (SIGSTOP)', () => {
  let system: TestSystem;
  let namespace: string;
  beforeAll(async () => {
    system = await TestSystem.running();
    namespace = await system.cluster.freshNamespace('paused');
  });
  afterAll(async () => {
    system.spoke.resume();
    await system.stop();
  });

  /** The sessions of the spoke that began and ended, oldest first. */
  async function sessions(): Promise<readonly string[]> {
    const { items } = await system.client.list<AuditEntry>('/api/v1/audit?subject=spoke/dev');
    return items
      .filter(({ action }) => /^spoke\.(dis)?connect$/.test(action))
      .map(({ action, detail }) => `${action} ${String(detail.epoch)}`);
  }

  it(
    'is silent for the hub, and when it goes on there is one session, one revision and a true verdict',
    async () => {
      const { client, spoke } = system;
      await client.post('/api/v1/products', { name: 'web', criticality: 'low' });
      await client.release(
        'web',
        '1.0.0',
        await testChart('web', '1.0.0', { configMaps: CONFIG_MAPS }),
      );
      const desired = { channel: 'dev' };
      await client.put('/api/v1/entities/web', {
        spoke: 'dev',
        product: 'web',
        namespace,
        desired,
      });
      await eventually('Helm to be at work', async () => {
        const [plan] = await client.plans('web');
        return plan?.phase === 'helm' ? plan : undefined;
      });
      spoke.pause();
      await eventually(
        'the hub to give the connection up',
        async () => ((await sessions()).includes('spoke.disconnect 1') ? true : undefined),
        LONG_ENOUGH_MS,
      );
      expect(await client.plans('web')).toMatchObject([{ state: 'EXECUTING' }]);

      spoke.resume();
      expect(await client.ended('web', 0)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
      expect(await client.status('web', 'up_to_date')).toMatchObject({
        reported: { version: '1.0.0', revision: 1 },
      });
      expect(await sessions()).toEqual([
        'spoke.connect 1',
        'spoke.disconnect 1',
        'spoke.connect 2',
      ]);
      expect(await system.history(namespace, 'web')).toMatchObject([
        { revision: 1, status: 'deployed' },
      ]);
      expect(await client.plans('web')).toHaveLength(1);
    },
    LONG_ENOUGH_MS,
  );
});
