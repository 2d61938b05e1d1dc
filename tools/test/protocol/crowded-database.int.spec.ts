import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrowdedPostgres } from '@apollo-deploy/storage/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpokeClient } from '../../../apps/hub/src/testing/spokes/spoke-client.js';
import { aFullState } from '../../../apps/hub/src/testing/spokes/state-payloads.js';
import type { TestCredential } from '../../../apps/hub/src/testing/spokes/test-credential.js';
import { Replica } from './replica.js';

describe('a hub whose database takes no more connections', () => {
  let folder: string;
  let database: CrowdedPostgres;
  let hub: Replica;
  let credential: TestCredential;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-crowded-'));
    database = await CrowdedPostgres.start();
    hub = await Replica.start(folder, database.url);
    await hub.client.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    credential = await hub.joined();
  });
  afterAll(async () => {
    await hub.process.stop();
    await database.dispose();
    await rm(folder, { recursive: true });
  });

  it('says so, takes nothing from spokes that it cannot keep, and goes on by itself', async () => {
    const spoke = await SpokeClient.connect(hub.port, credential);
    await database.takeAll('apollo-hub');

    const refused = await hub.client.request('GET', '/api/v1/environments');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ code: 'http/unavailable' });
    expect(await answered('/health')).toEqual({ status: 503, says: 'unhealthy' });
    expect(await answered('/readyz')).toEqual({ status: 503, says: 'not_ready' });
    expect((await hub.client.request('GET', '/healthz')).status).toBe(200);
    await expect(SpokeClient.dial(hub.port, credential)).rejects.toThrow('503');
    spoke.say('state.full', aFullState(1, 'aria'));
    expect((await spoke.closed).code).toBe(1013);
    expect(spoke.all('ack')).toEqual([]);

    await database.makeRoom();
    await hub.client.ready();
    expect((await hub.client.list('/api/v1/environments')).items).toMatchObject([{ name: 'dev' }]);
    const again = await SpokeClient.connect(hub.port, credential);
    const id = again.say('state.full', aFullState(1, 'aria'));
    expect((await again.next('ack')).re).toBe(id);
    again.socket.terminate();
  });

  async function answered(path: string): Promise<{ status: number; says: unknown }> {
    const answer = await hub.client.request('GET', path);
    const { status } = (await answer.json()) as { readonly status: unknown };
    return { status: answer.status, says: status };
  }
});
