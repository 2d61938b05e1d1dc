import { FaultProxy } from '@apollo-deploy/protocol/testing';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LinkedSpoke } from './linked-spoke.js';
import { Meeting } from './meeting.js';
import { offerIds, takeOffers } from './take-offers.js';

const KIB = 1024;
const MIB = KIB * KIB;
/** What an offer holds besides its values is less than this. */
const ENVELOPE = 2 * KIB;
/** In one direction, the other is not slowed. */
const KIB_PER_SECOND = { sliceBytes: KIB, bytesPerSecond: KIB };

let database: TestDatabase;
let meeting: Meeting;
/** Slow in the time of the meeting. */
let network: FaultProxy;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  meeting = await Meeting.open(database);
  const { hub, time } = meeting;
  network = await FaultProxy.start(hub.port, (delayMs, run) => time.after(delayMs, run));
});
afterEach(async () => {
  network.heal();
  await meeting.close();
  await network.stop();
});

/** A spoke that is connected over a network that brings it 1 KiB a second from now on. */
async function slowSpoke(): Promise<LinkedSpoke> {
  const spoke = meeting.spoke({}, network.port);
  await spoke.connect();
  network.set('toSpoke', KIB_PER_SECOND);
  return spoke;
}

/** Writes offers, each with values of this many characters, and waits until the first bytes arrive. */
async function offer(count: number, characters: number): Promise<void> {
  const passed = network.passed('toSpoke');
  await meeting.offers(count, characters);
  while (network.passed('toSpoke') === passed) await turn();
}

/**
 * Lets time pass until something has happened, no faster than the network brings what it can; answers
 * the most that waited in the hub meanwhile, in bytes.
 */
async function mostBuffered(event: Promise<unknown>): Promise<number> {
  const state = { over: false };
  const noted = event.then(() => (state.over = true));
  let most = 0;
  while (!state.over) {
    meeting.time.advance(1000);
    for (let turns = 0; turns < 5; turns += 1) {
      most = Math.max(most, meeting.hub.sockets[0]?.bufferedAmount ?? 0);
      await turn();
    }
  }
  await noted;
  return most;
}

describe('a spoke that is brought 1 KiB a second', () => {
  it('is given everything in order over one connection, however long it takes', async () => {
    const spoke = await slowSpoke();
    const begun = meeting.time.now().getTime();
    await offer(10, 20 * KIB);
    const taken = takeOffers(spoke, 10);
    await mostBuffered(taken);
    expect(await taken).toEqual(offerIds(10));
    expect(meeting.time.now().getTime() - begun).toBeGreaterThan(199_000);
    expect(network.connections).toBe(1);
    expect(meeting.hub.sessions.spokes()).toEqual(['dev']);
  });

  it('is fed no more above 1 MiB, is cut once no frame has gone out for 30 s, and finds all on its return', async () => {
    const spoke = await slowSpoke();
    await offer(60, 250 * KIB);
    const cut = meeting.hub.log.said('cutting the connection of a spoke');
    const most = await mostBuffered(cut);
    expect(most).toBeGreaterThan(MIB);
    expect(most).toBeLessThan(MIB + 250 * KIB + ENVELOPE);
    expect(await cut).toMatchObject({
      reason: 'no frame could be sent for 30 s: the spoke reads too slowly, or not at all',
    });
    network.cut();
    network.heal();
    expect(await spoke.comesBack()).toMatchObject({ code: 1006 });
    expect(await takeOffers(spoke, 60)).toEqual(offerIds(60));
    while ((await meeting.outbox()).length > 0);
    expect(await meeting.stored()).toMatchObject({ epoch: 2 });
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
