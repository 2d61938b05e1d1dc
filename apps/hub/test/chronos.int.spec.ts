import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BackupRecord } from '@apollo-deploy/domain';
import { InMemoryStore } from '@apollo-deploy/orchestration';
import { anEntity, anEnvironment, aProduct, aSpoke } from '@apollo-deploy/orchestration/testing';
import { type Reply, says, StandIn } from '../src/testing/stand-in.js';
import { TestHub } from '../src/testing/test-hub.js';

const WANTED: BackupRecord = {
  ...{ entity: 'aria-prod', releaseDigest: 'head', status: 'requested', by: 'CHRONOS' },
  ...{ at: '2026-03-01T11:59:00.000Z', covers: '' },
};

let chronos: StandIn;
let store: InMemoryStore;
let hub: TestHub | undefined;
beforeEach(async () => {
  chronos = await StandIn.start();
  store = new InMemoryStore();
  await store.transact(async (unit) => {
    await unit.environments.insert(anEnvironment({ name: 'prod' }));
    await unit.products.insert(aProduct({ name: 'aria' }));
    await unit.spokes.insert(aSpoke({ name: 'prod', environment: 'prod' }));
    const where = { name: 'aria-prod', spoke: 'prod', environment: 'prod', product: 'aria' };
    await unit.entities.insert(anEntity(where));
    await unit.backups.put(WANTED);
  });
});
afterEach(async () => {
  await hub?.stop();
  await chronos.stop();
});

/** What becomes of the backup that a hub finds asked for when it starts. */
async function made(): Promise<BackupRecord | undefined> {
  let unsubscribe = (): void => undefined;
  const seen = new Promise<void>((resolve) => {
    unsubscribe = store.onCommit(({ dirty }) => {
      if (dirty) void stored().then((record) => record?.status === 'requested' || resolve());
    });
  });
  hub = await TestHub.start({ integrations: { chronos: chronos.url, told: {} } }, { store });
  await seen;
  unsubscribe();
  return stored();
}
async function stored(): Promise<BackupRecord | undefined> {
  return store.transact(async (unit) => (await unit.backups.getMany([WANTED]))[0]);
}

describe('a hub that CHRONOS is named to', () => {
  it('has it make the backups that are asked for', async () => {
    expect(await made()).toMatchObject({ status: 'done', by: 'CHRONOS' });
    expect(chronos.heard).toMatchObject([
      { path: '/backup', text: '{"service":"aria","reason":"pre-deployment"}' },
    ]);
  });

  it.each<{ name: string; reply: Reply; detail: string }>([
    {
      name: 'it has failed',
      reply: says(503, 'no disk'),
      detail: 'CHRONOS answered 503: no disk',
    },
    {
      name: 'it is not there',
      reply: (response) => void response.destroy(),
      detail: 'CHRONOS did not answer POST /backup: socket hang up',
    },
  ])('keeps what was said where $name', async ({ reply, detail }) => {
    chronos.reply = reply;
    expect(await made()).toMatchObject({ status: 'failed', detail });
  });
});
