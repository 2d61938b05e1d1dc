import type { ReleaseReport, SpokePayload } from '@apollo-deploy/protocol';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aFullState, aStateDelta } from '../../../apps/hub/src/testing/spokes/state-payloads.js';
import { aReport } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import type { LinkedSpoke } from './linked-spoke.js';
import { Meeting } from './meeting.js';
import { offerIds, takeOffers } from './take-offers.js';

const SILENCE_MS = 45_000;
const MIB = 1024 * 1024;
const AT = '2026-01-05T09:00:00.000Z';

let database: TestDatabase;
let meeting: Meeting;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  meeting = await Meeting.open(database);
});
afterEach(() => meeting.close());

/** Tells the hub a full state, then `count - 1` changes of it; resolves when all are acknowledged. */
function tell({ link }: LinkedSpoke, count: number): Promise<readonly string[]> {
  const full = link.post('state.full', aFullState(1), 'state 1');
  const deltas = Array.from({ length: count - 1 }, (_, index) => {
    const generation = index + 2;
    const delta = aStateDelta(generation, `release-${String(generation)}`);
    return link.post('state.delta', delta, `state ${String(generation)}`);
  });
  return Promise.all([full, ...deltas]);
}

const toldWell = (count: number): readonly string[] => Array<string>(count).fill('acknowledged');

/** About 190 KiB. */
function aLargeReport(name: string): ReleaseReport {
  const object = { kind: 'ConfigMap', health: 'Healthy', message: 'x'.repeat(1900) } as const;
  const objects = Array.from({ length: 95 }, (_, at) => ({ ...object, name: String(at) }));
  return { ...aReport(name), objects };
}

function aLargeState(): SpokePayload<'state.full'> {
  return { ...aFullState(1), releases: [aLargeReport('aria')] };
}

describe('over a network of latency that delivers one byte at a time', () => {
  it('everything arrives, whole and in order', async () => {
    meeting.proxy.set('toHub', { latencyMs: 5, sliceBytes: 1 });
    meeting.proxy.set('toSpoke', { latencyMs: 5, sliceBytes: 1 });
    await meeting.offers(3);
    const spoke = meeting.spoke();
    expect(await spoke.connect()).toBe(1);
    expect(await tell(spoke, 4)).toEqual(toldWell(4));
    expect(await takeOffers(spoke, 3)).toEqual(offerIds(3));
    expect(await meeting.stored()).toMatchObject({ epoch: 1, stateGeneration: 4 });
    expect(await meeting.releases()).toEqual(['release-2', 'release-3', 'release-4']);
    expect(meeting.proxy.connections).toBe(1);
  });
});

describe('a connection that breaks in the middle of a frame', () => {
  it.each([1, 2, 7, 60, 120])(
    'of the spoke, %i bytes into it: nothing of it is stored, and it is sent again',
    async (bytesLeft) => {
      const spoke = meeting.spoke();
      await spoke.connect();
      meeting.proxy.set('toHub', { bytesLeft });
      const told = tell(spoke, 2);
      await meeting.hub.log.said('the connection of a spoke is closed');
      expect(await meeting.stored()).toMatchObject({ epoch: 1, connected: false });
      expect((await meeting.stored()).stateGeneration).toBeUndefined();
      expect(await spoke.comesBack()).toMatchObject({ code: 1006 });
      expect(await told).toEqual(toldWell(2));
      expect(await meeting.stored()).toMatchObject({ epoch: 2, stateGeneration: 2 });
    },
  );

  it.each([1, 2, 7, 100, 400])(
    'of the hub, %i bytes into it: the spoke takes nothing of it, and it comes again',
    async (bytesLeft) => {
      const spoke = meeting.spoke();
      await spoke.connect();
      meeting.proxy.set('toSpoke', { bytesLeft });
      await meeting.offers(1);
      expect(await spoke.comesBack()).toMatchObject({ code: 1006 });
      expect(await takeOffers(spoke, 1)).toEqual(offerIds(1));
    },
  );
});

describe('a connection of which one side is gone', () => {
  it('is half-open for the hub, until 45 s are over; what was sent meanwhile comes again', async () => {
    const spoke = meeting.spoke();
    await spoke.connect();
    expect(await tell(spoke, 1)).toEqual(toldWell(1));
    meeting.proxy.blackHole();
    await meeting.offers(2);
    await meeting.hub.log.said('a spoke has connected');
    meeting.time.advance(SILENCE_MS - 1);
    expect(spoke.link.connected).toBe(true);
    expect(meeting.hub.sessions.spokes()).toEqual(['dev']);
    meeting.time.advance(1);
    expect(spoke.link.connected).toBe(false);
    expect(await meeting.hub.log.said('cutting the connection of a spoke')).toMatchObject({
      reason: 'nothing was heard for 45 s',
    });
    expect(meeting.hub.sessions.spokes()).toEqual([]);
    meeting.proxy.heal();
    expect(await spoke.comesBack()).toMatchObject({
      code: null,
      reason: 'nothing was heard from the hub for 45 s',
    });
    expect(await takeOffers(spoke, 2)).toEqual(offerIds(2));
  });

  it('is superseded by the next one of a spoke that noticed first, and writes nothing', async () => {
    const spoke = meeting.spoke();
    await spoke.connect();
    expect(await tell(spoke, 1)).toEqual(toldWell(1));
    meeting.proxy.cutOnly('spoke');
    await spoke.comesBack();
    expect(await meeting.hub.log.said('closing the connection of a spoke')).toMatchObject({
      epoch: 1,
      code: 4409,
    });
    expect(await tell(spoke, 1)).toEqual(toldWell(1));
    // The half that is left cannot answer the close frame.
    meeting.time.advance(5000);
    expect(await meeting.hub.log.said('the connection of a spoke is closed')).toMatchObject({
      epoch: 1,
    });
    expect(await meeting.stored()).toMatchObject({ epoch: 2, connected: true });
  });
});

describe('acknowledgements that get lost', () => {
  it('have 16 messages under way at most, all of which are recognised when they come again', async () => {
    const spoke = meeting.spoke();
    await spoke.connect();
    meeting.proxy.set('toSpoke', { flow: 'swallow' });
    const told = tell(spoke, 40);
    const stored = async (): Promise<number> => (await meeting.stored()).stateGeneration ?? 0;
    while ((await stored()) < 16);
    const before = await meeting.releases();
    meeting.time.advance(SILENCE_MS);
    meeting.proxy.heal();
    expect(before).toHaveLength(15);
    expect(await stored()).toBe(16);
    expect(await spoke.comesBack()).toMatchObject({ code: null });
    expect(await told).toEqual(toldWell(40));
    expect(await meeting.releases()).toHaveLength(39);
    expect(await stored()).toBe(40);
  });

  it('let a verdict be told twice and count once', async () => {
    const spoke = meeting.spoke();
    await spoke.connect();
    await spoke.link.post('state.full', aFullState(1), 'state 1');
    await meeting.desireAria();
    const { order } = await spoke.order('plan.offer');
    const { planId, attempt } = order.p;
    meeting.proxy.set('toSpoke', { flow: 'swallow' });
    const result: SpokePayload<'plan.result'> = {
      ...{ planId, attempt, at: AT, release: aReport('aria') },
      result: { verdict: 'succeeded', message: 'all is well', evidence: {} },
    };
    const told = spoke.link.post('plan.result', result, `result ${planId}`);
    const audit = async (): Promise<readonly string[]> => meeting.auditOf(`plan/${planId}`);
    while (!(await audit()).includes('plan.succeeded'));
    const before = await audit();
    meeting.proxy.heal();
    meeting.proxy.cut();
    await spoke.comesBack();
    expect(await told).toBe('acknowledged');
    expect(await audit()).toEqual(before);
    expect(before.filter((action) => action === 'plan.succeeded')).toHaveLength(1);
  });
});

describe('a frame that takes longer than 45 s to arrive', () => {
  it.each([
    { side: 'hub', direction: 'toSpoke' },
    { side: 'spoke', direction: 'toHub' },
  ] as const)('of the $side does not count as its silence', async ({ direction }) => {
    const { proxy, time, hub } = meeting;
    const spoke = meeting.spoke();
    await spoke.connect();
    proxy.set(direction, { sliceBytes: 16, flow: 'stall' });
    await meeting.offers(1, 20_000);
    const told = spoke.link.post('state.full', aLargeState(), 'state 1');
    for (let time30s = 1; time30s <= 3; time30s += 1) {
      const arrived = proxy.passed(direction) + 1000;
      proxy.set(direction, { flow: 'pass' });
      while (proxy.passed(direction) < arrived) await turn();
      proxy.set(direction, { flow: 'stall' });
      await settled();
      time.advance(30_000);
      await settled();
      expect(spoke.link.connected).toBe(true);
      expect(hub.sessions.spokes()).toEqual(['dev']);
    }
    proxy.heal();
    expect(await takeOffers(spoke, 1)).toEqual(offerIds(1));
    expect(await told).toBe('acknowledged');
    expect(proxy.connections).toBe(1);
  });
});

describe('a state of many megabytes', () => {
  it('is not poured into a network that takes nothing, and is told once it does', async () => {
    const spoke = meeting.spoke();
    await spoke.connect();
    meeting.proxy.set('toHub', { flow: 'stall' });
    const parts = 24;
    const told = Array.from({ length: parts }, (_, index) => {
      const releases = Array.from({ length: 5 }, (_unused, at) =>
        aLargeReport(`release-${String(index)}-${String(at)}`),
      );
      const part = { generation: 1, part: index + 1, parts, releases };
      return spoke.link.post('state.full', part, `part ${String(index)}`);
    });
    await settled();
    meeting.proxy.heal();
    expect(await Promise.all(told)).toEqual(toldWell(parts));
    expect(meeting.proxy.connections).toBe(1);
    expect(await meeting.stored()).toMatchObject({ epoch: 1, stateGeneration: 1 });
  });
});

describe('a spoke that reads too slowly', () => {
  it('is fed no more above 1 MiB, cut after 30 s without movement, and finds all on its return', async () => {
    const spoke = meeting.spoke();
    await spoke.connect();
    meeting.proxy.set('toSpoke', { flow: 'stall' });
    await meeting.offers(60, 250_000);
    const [socket] = meeting.hub.sockets;
    while ((socket?.bufferedAmount ?? 0) <= MIB) await turn();
    await settled();
    expect(socket?.bufferedAmount).toBeLessThan(MIB + 260_000);
    meeting.time.advance(30_000);
    expect(await meeting.hub.log.said('cutting the connection of a spoke')).toMatchObject({
      reason: 'no frame could be sent for 30 s: the spoke reads too slowly, or not at all',
    });
    meeting.proxy.heal();
    expect(await spoke.comesBack()).toMatchObject({ code: 1006 });
    expect(await takeOffers(spoke, 60)).toEqual(offerIds(60));
    while ((await meeting.outbox()).length > 0);
    expect(await meeting.stored()).toMatchObject({ epoch: 2 });
  });
});

/** Lets what is on its way in this process arrive. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 200; turns += 1) await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
