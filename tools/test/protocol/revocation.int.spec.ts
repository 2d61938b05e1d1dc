import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpokeClient } from '../../../apps/hub/src/testing/spokes/spoke-client.js';
import { aFullState } from '../../../apps/hub/src/testing/spokes/state-payloads.js';
import type { TestCredential } from '../../../apps/hub/src/testing/spokes/test-credential.js';
import { testChart } from '../../../apps/hub/test/support/test-chart.js';
import { Replica } from './replica.js';

const AT = '2026-01-05T09:00:00.000Z';

describe('a spoke that is revoked on one replica while it carries out a plan on another', () => {
  let folder: string;
  let database: TestDatabase;
  let one: Replica;
  let other: Replica;
  let credential: TestCredential;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-revocation-'));
    database = await testDatabase();
    one = await Replica.start(folder, database.url);
    other = await Replica.start(folder, database.url);
    const { client } = one;
    await client.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    credential = await one.joined();
    await client.post('/api/v1/products', { name: 'aria', criticality: 'low' });
    await client.release('aria', '1.0.0', await testChart('aria', '1.0.0'));
  });
  afterAll(async () => {
    for (const { process } of [one, other]) await process.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('is cut off within 10 s, says nothing more that is kept, and a person ends its plan', async () => {
    const { client } = one;
    const spoke = await SpokeClient.connect(other.port, credential);
    spoke.say('state.full', aFullState(1));
    const entity = { spoke: 'dev', product: 'aria', desired: { channel: 'dev' } };
    await client.put('/api/v1/entities/aria-dev', entity);
    const { p: offer } = await spoke.next('plan.offer');
    const head = { planId: offer.planId, attempt: 1, at: AT };
    spoke.say('plan.accept', head);
    await spoke.caughtUp(1);

    const begun = performance.now();
    const reason = 'its key was copied';
    await client.post('/api/v1/spokes/dev/revoke', { reason });
    expect((await spoke.closed).code).toBe(4403);
    expect(performance.now() - begun).toBeLessThan(10_000);

    await expect(SpokeClient.dial(other.port, credential)).rejects.toThrow('403');
    await expect(SpokeClient.dial(one.port, credential)).rejects.toThrow('403');
    expect(await client.plans('aria-dev')).toMatchObject([{ state: 'EXECUTING' }]);
    const verdict = { outcome: 'FAILED', reason: 'I looked into the cluster' };
    await client.post(`/api/v1/plans/${offer.planId}/resolve`, verdict);
    expect(await client.plans('aria-dev')).toMatchObject([{ state: 'FAILED' }]);
  });
});
