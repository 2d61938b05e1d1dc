import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultProxy } from '@apollo-deploy/protocol/testing';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpokeClient } from '../../../apps/hub/src/testing/spokes/spoke-client.js';
import { aFullState, aStateDelta } from '../../../apps/hub/src/testing/spokes/state-payloads.js';
import type { TestCredential } from '../../../apps/hub/src/testing/spokes/test-credential.js';
import { Replica } from './replica.js';

describe('a replica of the hub that stood still while its spoke went to another one', () => {
  let folder: string;
  let database: TestDatabase;
  let proxy: FaultProxy;
  let still: Replica;
  let other: Replica;
  let credential: TestCredential;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-replicas-'));
    database = await testDatabase();
    still = await Replica.start(folder, database.url);
    other = await Replica.start(folder, database.url);
    proxy = await FaultProxy.start(still.port);
    await still.client.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    credential = await still.joined();
  });
  afterAll(async () => {
    still.process.resume();
    for (const { process } of [still, other]) await process.stop();
    await proxy.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const rows = (statement: string): Promise<unknown> => database.query(statement);

  it('writes nothing of what it finds when it goes on, and says 4409', async () => {
    const before = await SpokeClient.connect(proxy.port, credential);
    before.say('state.full', aFullState(1, 'aria'));
    await before.next('ack');
    still.process.pause();
    const passed = proxy.passed('toHub');
    before.say('state.delta', aStateDelta(2, 'cart'));
    before.say('state.full', aFullState(3, 'cart'));
    while (proxy.passed('toHub') < passed + 1000) await turn();

    const after = await SpokeClient.connect(other.port, credential);
    expect(after.epoch).toBe(2);
    const id = after.say('state.full', aFullState(7, 'shop'));
    while ((await after.next('ack')).re !== id);
    const audit = await rows('SELECT * FROM audit_entries ORDER BY id');

    still.process.resume();
    expect((await before.closed).code).toBe(4409);
    expect(before.all('ack')).toHaveLength(1);
    await after.caughtUp(7);
    expect(await rows('SELECT epoch, connected, state_generation FROM spokes')).toEqual([
      { epoch: '2', connected: true, state_generation: '7' },
    ]);
    expect(await rows('SELECT release_name FROM release_states')).toEqual([
      { release_name: 'shop' },
    ]);
    expect(await rows('SELECT * FROM audit_entries ORDER BY id')).toEqual(audit);
    after.socket.terminate();
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
