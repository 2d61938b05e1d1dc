import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { SpokeClient } from '../../../apps/hub/src/testing/spokes/spoke-client.js';
import { HELLO } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import { aFullState, aStateDelta } from '../../../apps/hub/src/testing/spokes/state-payloads.js';
import { Meeting } from './meeting.js';

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

describe('a session that another replica has superseded', () => {
  it('writes nothing of what it still hears, and is closed with 4409', async () => {
    const old = meeting.spoke();
    await old.connect();
    await old.link.post('state.full', aFullState(1), 'state 1');
    await meeting.desireAria();
    const { order, acknowledge } = await old.order('plan.offer');
    const { planId, attempt } = order.p;
    meeting.proxy.set('toHub', { flow: 'stall' });
    const at = '2026-01-05T09:00:00.000Z';
    void old.link.post('plan.accept', { planId, attempt, at }, 'accept');
    void old.link.post('state.delta', aStateDelta(2, 'aria'), 'state 2');
    acknowledge();
    const other = await meeting.anotherReplica();
    expect(await meeting.spoke({}, other.port).connect()).toBe(2);
    const before = await meeting.everything();
    meeting.proxy.heal();
    expect(await old.lost()).toMatchObject({ code: 4409, delayMs: 45_000 });
    await meeting.hub.log.said('the connection of a spoke is closed');
    expect(await meeting.everything()).toEqual(before);
    expect(await meeting.stored()).toMatchObject({ epoch: 2, connected: true });
  });
});

describe('a replica that stops', () => {
  it('drains: its spokes come back when it said, elsewhere, and say again what it had not stored', async () => {
    const spoke = meeting.spoke();
    await spoke.connect();
    await meeting.offers(2);
    expect((await spoke.order('plan.offer')).order.id).toBe('offer-1');
    const other = await meeting.anotherReplica();
    meeting.proxy.leadTo(other.port);
    meeting.proxy.set('toHub', { flow: 'stall' });
    const told = spoke.link.post('state.full', aFullState(1, 'aria'), 'state 1');
    const stopped = meeting.hub.stop();
    await meeting.hub.log.said('closing the connection of a spoke');
    meeting.proxy.heal();
    await stopped;
    expect(await spoke.comesBack()).toEqual({
      code: 1012,
      reason: 'this replica of the hub is stopping',
      delayMs: 2500,
    });
    expect(await told).toBe('acknowledged');
    expect(await meeting.stored()).toMatchObject({ epoch: 2, stateGeneration: 1 });
    expect((await spoke.order('plan.offer')).order.id).toBe('offer-2');
    expect((await spoke.order('plan.offer')).order.id).toBe('offer-1');
  });

  it('sends who dials away with 503, and they wait as long as it asks', async () => {
    await meeting.hub.sessions.shutDown();
    const spoke = meeting.spoke();
    meeting.time.advance(500);
    expect(await spoke.lost()).toEqual({
      code: 1013,
      reason:
        'the hub answered the upgrade with HTTP 503: this replica of the hub is stopping; try again after Retry-After',
      delayMs: 6500,
    });
  });
});

describe('a spoke that sends faster than the hub can store', () => {
  it('is not read while 256 frames are in hand, and is answered to the last one', async () => {
    const count = 2000;
    const spoke = await SpokeClient.connect(meeting.hub.port, meeting.credential, () =>
      meeting.time.now(),
    );
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let held: Promise<void> = gate;
    await new Promise<void>((locked) => {
      held = meeting.context.store.transact(async (unit) => {
        await unit.spokes.lock('dev');
        locked();
        await gate;
      });
    });
    const id = spoke.say('state.full', aFullState(1, 'aria'));
    const unknown = { v: 1, t: 'weather', epoch: spoke.epoch, ts: '', p: 'x'.repeat(10_000) };
    for (let number = 1; number <= count; number += 1) {
      spoke.socket.send(JSON.stringify({ ...unknown, id: String(number) }));
    }
    try {
      const [socket] = meeting.hub.sockets;
      while (socket?.isPaused === false) await turn();
      for (let turns = 0; turns < 1000; turns += 1) await turn();
      const waiting = spoke.socket.bufferedAmount;
      expect(waiting).toBeGreaterThan(0);
      for (let turns = 0; turns < 1000; turns += 1) await turn();
      expect(spoke.socket.bufferedAmount).toBe(waiting);
    } finally {
      release();
    }
    await held;
    expect((await spoke.next('ack')).re).toBe(id);
    await spoke.caughtUp(1);
    expect(spoke.all('error')).toHaveLength(count);
    spoke.socket.terminate();
  });
});

describe('versions of the protocol', () => {
  it.each([
    { name: 'this one and a newer one', protocol: { min: 1, max: 2 } },
    { name: 'this one and an older one', protocol: { min: 0, max: 1 } },
  ])('are agreed on where a spoke speaks $name', async ({ protocol }) => {
    expect(await meeting.spoke({ protocol }).connect()).toBe(1);
  });

  it.each([
    { name: 'newer ones only', protocol: { min: 2, max: 3 } },
    { name: 'older ones only', protocol: { min: 0, max: 0 } },
    { name: 'none', protocol: { min: 2, max: 1 } },
  ])('are refused with 4426 where a spoke speaks $name; it waits minutes', async ({ protocol }) => {
    const spoke = meeting.spoke({ protocol });
    meeting.time.advance(500);
    expect(await spoke.lost()).toEqual({
      code: 4426,
      reason: 'this hub speaks protocol 1; install an agent that does',
      delayMs: 450_000,
    });
    expect(await meeting.stored()).toMatchObject({ epoch: 0 });
  });

  it.each([
    { offered: ['apollo.v2', 'apollo.v1'], expected: 'apollo.v1' },
    { offered: ['apollo.v1'], expected: 'apollo.v1' },
    { offered: ['apollo.v2'], expected: 426 },
    { offered: ['apollo.v0'], expected: 426 },
  ])('are chosen at the upgrade: of $offered, $expected', async ({ offered, expected }) => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(meeting.hub.port)}/ws/spoke`, offered, {
      headers: { authorization: `Bearer ${meeting.token()}` },
    });
    const answer = await new Promise((resolve) => {
      socket.on('open', () => resolve(socket.protocol));
      socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
    });
    expect(answer).toBe(expected);
    socket.on('error', () => undefined);
    socket.terminate();
  });
});

describe('a plan that needs what the spoke lacks', () => {
  it('is not sent to it but BLOCKED, and is sent once it says that it can', async () => {
    const spoke = meeting.spoke();
    await spoke.connect();
    await spoke.link.post('state.full', aFullState(1), 'state 1');
    await meeting.desireAria(['gpu']);
    expect(await meeting.outbox()).toEqual([]);
    expect(await meeting.plansOf('aria-dev')).toMatchObject([
      {
        state: 'BLOCKED',
        violations: [{ code: 'spoke_ready', data: { spoke: 'dev', missing: ['gpu'] } }],
      },
    ]);
    const abler = meeting.spoke({ capabilities: [...HELLO.capabilities, 'gpu'] });
    expect(await abler.connect()).toBe(2);
    await abler.link.post('state.full', aFullState(2), 'state 2');
    await meeting.think();
    const { order } = await abler.order('plan.offer');
    expect(order.p).toMatchObject({ content: { entity: 'aria-dev', type: 'install' } });
    expect(await meeting.plansOf('aria-dev')).toMatchObject([{ state: 'EXECUTING' }]);
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
