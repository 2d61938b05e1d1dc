import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CommitSignal, MISSED } from '@apollo-deploy/orchestration';
import { anEvent, aProduct } from '@apollo-deploy/orchestration/testing';
import { Client } from 'pg';
import { DatabaseRelay } from '../testing/database-relay.js';
import { Ear } from '../testing/ear.js';
import { PostgresPair } from '../testing/postgres-pair.js';
import { DatabaseListener } from './database-listener.js';
import { DatabaseStore } from './database-store.js';

let pair: PostgresPair;
let relay: DatabaseRelay;
let store: DatabaseStore;
let written: number;
beforeEach(async () => {
  pair = await PostgresPair.start();
  relay = await DatabaseRelay.start(pair.primaryUrl);
  store = await DatabaseStore.open({ url: relay.url });
  written = 0;
});
afterEach(async () => {
  await store.close();
  await relay.stop();
  await pair.dispose();
});

const insert = (name: string): Promise<unknown> =>
  store.transact((unit) => unit.products.insert(aProduct({ name })));

/** Writes events in a transaction each, none at the time of another. */
async function happen(count: number): Promise<void> {
  for (let event = 0; event < count; event += 1) {
    const at = new Date(Date.UTC(2026, 2, 1) + (written += 1)).toISOString();
    await store.transact((unit) => unit.events.append([anEvent({ at })]));
  }
}

async function eventIds(after?: string): Promise<readonly string[]> {
  const read = await store.transact((unit) => unit.events.after(after, 200));
  if (!read.ok) throw new Error(read.error.code);
  return read.value.map(({ id }) => id);
}

/** Resolves when the store can be asked again. */
async function takeOver(): Promise<void> {
  await pair.failOver();
  relay.leadTo(pair.standbyUrl);
  for (let asked = 0; asked < 1000; asked += 1) if (await store.ready()) return;
  throw new Error('the store did not find the standby');
}

describe('a standby that takes over', () => {
  it('has what it has received, and the store goes on by itself', async () => {
    await insert('kept');
    await pair.stopReplication();
    await insert('lost');
    await takeOver();
    await insert('later');
    const { items } = await store.transact((unit) => unit.products.list({ limit: 10 }));
    expect(items.map(({ name }) => name)).toEqual(['kept', 'later']);
  });

  it('gives no event the id of one that was lost', async () => {
    await happen(1);
    await pair.stopReplication();
    await happen(40);
    const lost = (await eventIds()).slice(1);
    await takeOver();
    // Numbers of transactions come again at once; those of events were drawn 32 ahead.
    for (let other = 0; other < 32; other += 1) await insert(`other-${String(other)}`);
    await happen(40);
    const ids = await eventIds();
    expect(ids).toHaveLength(41);
    expect(ids.filter((id) => lost.includes(id))).toEqual([]);
    await expect(eventIds(lost.at(-1))).rejects.toThrow('unknown_event');
  });

  it('is told of as a step back, and a connection that only broke is not', async () => {
    const ear = new Ear(store);
    relay.cut();
    expect(await ear.first(2)).toEqual([MISSED, MISSED]);
    await pair.failOver();
    relay.leadTo(pair.standbyUrl);
    expect((await ear.first(4)).slice(2)).toEqual([MISSED, { ...MISSED, rewound: true }]);
  });

  it('is taken for granted after each lost connection where the server tells no timeline', async () => {
    const client = new Client(pair.primaryUrl);
    await client.connect();
    await client.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
    await client.query('CREATE ROLE untold LOGIN');
    await client.end();
    const url = new URL(relay.url);
    url.username = 'untold';
    let tell: (signal: CommitSignal) => void = () => undefined;
    const ear = new Ear({
      onCommit: (listener) => {
        tell = listener;
        return () => undefined;
      },
    });
    const listener = new DatabaseListener({
      connection: { connectionString: url.href },
      isOwn: () => false,
      onSignal: (signal) => {
        tell(signal);
      },
      onLost: () => undefined,
    });
    await listener.start();
    relay.cut();
    try {
      expect(await ear.first(3)).toEqual([MISSED, MISSED, { ...MISSED, rewound: true }]);
    } finally {
      await listener.close();
    }
  });
});
