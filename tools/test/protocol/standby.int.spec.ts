import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseRelay, PostgresPair } from '@apollo-deploy/storage/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpokeClient } from '../../../apps/hub/src/testing/spokes/spoke-client.js';
import { aReport } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import { aFullState } from '../../../apps/hub/src/testing/spokes/state-payloads.js';
import { testChart } from '../../../apps/hub/test/support/test-chart.js';
import type { TestCredential } from '../../../apps/hub/src/testing/spokes/test-credential.js';
import { Replica } from './replica.js';

const AT = '2026-01-05T09:00:00.000Z';

describe('a hub whose database a standby takes over that has lost the last seconds', () => {
  let folder: string;
  let pair: PostgresPair;
  let relay: DatabaseRelay;
  let hub: Replica;
  let credential: TestCredential;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-standby-'));
    pair = await PostgresPair.start();
    relay = await DatabaseRelay.start(pair.primaryUrl);
    hub = await Replica.start(folder, relay.url);
    const { client } = hub;
    await client.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    credential = await hub.joined();
    await client.post('/api/v1/products', { name: 'aria', criticality: 'low' });
    await client.release('aria', '1.0.0', await testChart('aria', '1.0.0'));
  });
  afterAll(async () => {
    await hub.process.stop();
    await relay.stop();
    await pair.dispose();
    await rm(folder, { recursive: true });
  });

  /** Has its state, and the verdict of its plan, acknowledged. */
  async function tellVerdict(spoke: SpokeClient, planId: string, offerId: string): Promise<void> {
    const result = { verdict: 'succeeded' as const, message: 'all is well', evidence: {} };
    const head = { planId, attempt: 1, at: AT };
    spoke.say('plan.accept', head);
    spoke.say('plan.result', { ...head, result, release: aReport('aria') });
    spoke.say('ack', {}, offerId);
    await spoke.caughtUp(1);
    expect(await hub.client.plans('aria-dev')).toMatchObject([{ id: planId, state: 'SUCCEEDED' }]);
  }

  it('ends its sessions without a restart, and is told again what it has forgotten', async () => {
    const before = await SpokeClient.connect(hub.port, credential);
    before.say('state.full', aFullState(1));
    const desired = { channel: 'dev' };
    const entity = { spoke: 'dev', product: 'aria', desired };
    await hub.client.put('/api/v1/entities/aria-dev', entity);
    const { id, p: offer } = await before.next('plan.offer');
    await pair.stopReplication();
    await tellVerdict(before, offer.planId, id);

    await pair.failOver();
    relay.leadTo(pair.standbyUrl);
    expect(await before.closed).toMatchObject({ code: 1012 });
    await hub.client.ready();
    const forgotten = { id: offer.planId, state: 'EXECUTING', attempt: 1 };
    expect(await hub.client.plans('aria-dev')).toMatchObject([forgotten]);

    const after = await SpokeClient.connect(hub.port, credential);
    after.say('state.full', aFullState(1, 'aria'));
    const again = await after.next('plan.offer');
    expect(again).toMatchObject({ id, p: { planId: offer.planId, attempt: 1 } });
    await tellVerdict(after, offer.planId, id);
    after.socket.terminate();
  });
});
