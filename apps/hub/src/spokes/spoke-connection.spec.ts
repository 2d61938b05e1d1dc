import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import {
  aCancellation,
  anOffer,
  aReport,
  HELLO,
  type SpokeEnd,
  SpokeScene,
} from '../testing/spokes/spoke-scene.js';

const AT = '2026-01-05T09:00:00.000Z';
const delta = (generation: number, ...names: readonly string[]) => ({
  generation,
  changed: names.map((name) => aReport(name)),
  removed: [],
});
const full = (generation: number, ...names: readonly string[]) => ({
  generation,
  part: 1,
  parts: 1,
  releases: names.map((name) => aReport(name)),
});
const codeOf = async (end: SpokeEnd): Promise<number | 'cut'> => {
  const how = await end.socket.ended;
  return how === 'cut' ? 'cut' : how.code;
};

describe('the begin of a connection', () => {
  it('is answered by a welcome with the epoch of the session', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    const id = spoke.say('hello', HELLO);
    const welcome = await spoke.welcomed();
    expect(welcome).toMatchObject({
      re: id,
      epoch: 1,
      p: { epoch: 1, spoke: 'dev', environment: 'dev', serverTime: AT, heartbeatIntervalMs: 20000 },
    });
    expect(await scene.store.spoke()).toMatchObject({
      connected: true,
      epoch: 1,
      hello: { agentVersion: '0.1.0', clusterUid: 'cluster-1' },
    });
    expect(scene.woken).toEqual(['dev']);
  });

  it('keeps of the hello what it knows', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    spoke.say('hello', { ...HELLO, ...{ mood: 'x'.repeat(1000) } });
    await spoke.welcomed();
    const { protocol: _protocol, clock: _clock, ...kept } = HELLO;
    expect((await scene.store.spoke())?.hello).toEqual(kept);
  });

  it('ends with 4400 where another frame comes first', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    spoke.say('heartbeat', { running: [], generation: 0 });
    expect(await codeOf(spoke)).toBe(4400);
  });

  it('ends with 4400 where hello comes twice', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('hello', HELLO);
    expect(await spoke.socket.ended).toEqual({ code: 4400, reason: 'hello came twice' });
  });

  it.each([
    { name: 'newer versions only', protocol: { min: 2, max: 3 } },
    { name: 'older versions only', protocol: { min: 0, max: 0 } },
  ])('ends with 4426 where the spoke speaks $name', async ({ protocol }) => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    spoke.say('hello', { ...HELLO, protocol });
    expect(await codeOf(spoke)).toBe(4426);
    expect(await scene.store.spoke()).toMatchObject({ epoch: 0 });
  });

  it('ends with 4400 where no hello has come within 5 s', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    scene.time.advance(4_999);
    expect(spoke.connection.epoch).toBe(0);
    scene.time.advance(1);
    expect(await spoke.socket.ended).toEqual({ code: 4400, reason: 'no hello came within 5 s' });
    await spoke.connection.closed;
    expect(scene.time.pending).toEqual([]);
  });

  it('ends with 4403 where the spoke was revoked after its token was checked', async () => {
    const scene = await SpokeScene.build();
    await scene.store.changeSpoke('dev', { revoked: true });
    const spoke = scene.dial();
    spoke.say('hello', HELLO);
    expect(await codeOf(spoke)).toBe(4403);
  });

  it('leaves no session open where the spoke is gone before the welcome', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    spoke.say('hello', HELLO);
    spoke.socket.break();
    await spoke.connection.closed;
    expect(await scene.store.spoke()).toMatchObject({ epoch: 1, connected: false });
    expect(scene.sessions.spokes()).toEqual([]);
  });
});

describe('a durable message', () => {
  it('is acknowledged by its id once it is stored', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const id = spoke.say('state.full', full(1, 'aria'));
    const ack = await spoke.socket.next('ack');
    expect(ack).toMatchObject({ re: id, epoch: 1 });
    expect(await scene.store.releasesOf()).toEqual(['aria']);
  });

  it('is not acknowledged before it is stored', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.store.failures.push(new StoreUnavailable('the store does not answer'));
    const retried = scene.time.waitBegins(50);
    spoke.say('state.full', full(1, 'aria'));
    await retried;
    expect(spoke.received).toEqual([]);
    scene.time.advance(50);
    await spoke.socket.next('ack');
    expect(await scene.store.releasesOf()).toEqual(['aria']);
  });

  it('ends the connection with 1013 where the store stays away, unacknowledged', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    for (let count = 0; count < 4; count += 1) {
      scene.store.failures.push(new StoreUnavailable('the store does not answer'));
    }
    spoke.say('state.full', full(1, 'aria'));
    for (const pauseMs of [50, 250, 1000]) {
      await scene.time.waitBegins(pauseMs);
      scene.time.advance(pauseMs);
    }
    expect(await codeOf(spoke)).toBe(1013);
    expect(spoke.received).toEqual([]);
    const again = await scene.connect();
    const id = again.say('state.full', full(1, 'aria'));
    expect(await again.socket.next('ack')).toMatchObject({ re: id });
    expect(await scene.store.releasesOf()).toEqual(['aria']);
  });

  it('ends the connection with 1011 where the hub has a bug, which is logged', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const bug = new TypeError('no such member');
    scene.store.failures.push(bug);
    spoke.say('state.full', full(1, 'aria'));
    expect(await codeOf(spoke)).toBe(1011);
    expect(scene.log.errors).toMatchObject([{ err: bug, spoke: 'dev', epoch: 1 }]);
  });

  it('has its effect in the order in which it came', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const sent = [spoke.say('state.full', full(1))];
    for (let generation = 2; generation <= 60; generation += 1) {
      sent.push(spoke.say('state.delta', delta(generation, `release-${generation}`)));
    }
    await spoke.caughtUp(60);
    expect(spoke.received.slice(0, 60)).toEqual(sent.map((id) => `ack ${id}`));
    expect(await scene.store.releasesOf()).toHaveLength(59);
    expect(await scene.store.spoke()).toMatchObject({ stateGeneration: 60 });
  });

  it('has no effect the second time, and is acknowledged again', async () => {
    const scene = await SpokeScene.build();
    const first = await scene.connect();
    first.say('state.full', full(1, 'aria'));
    first.say('state.delta', delta(2, 'cart'));
    await first.caughtUp(2);
    const second = await scene.connect();
    const id = second.say('state.delta', {
      ...delta(2),
      removed: [{ namespace: 'aria', releaseName: 'cart' }],
    });
    await second.caughtUp(2);
    expect(second.received[0]).toBe(`ack ${id}`);
    expect(await scene.store.releasesOf()).toEqual(['aria', 'cart']);
  });

  it('that speaks of a plan of nobody is acknowledged and changes nothing', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const accept = spoke.say('plan.accept', { planId: 'plan-of-nobody', attempt: 1, at: AT });
    const result = spoke.say('plan.result', {
      planId: 'plan-of-nobody',
      attempt: 1,
      at: AT,
      result: { verdict: 'succeeded', message: 'all is well', evidence: {} },
      release: null,
    });
    await spoke.caughtUp();
    expect(spoke.received.slice(0, 2)).toEqual([`ack ${accept}`, `ack ${result}`]);
  });
});

describe('the state of a spoke', () => {
  it('is asked for where a delta does not follow on what is stored', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('state.full', full(1, 'aria'));
    const gap = spoke.say('state.delta', delta(3, 'cart'));
    await spoke.caughtUp(1);
    expect(spoke.received.slice(1, 3)).toEqual([`ack ${gap}`, 'state.request']);
    expect(await scene.store.releasesOf()).toEqual(['aria']);
  });

  it('is asked for where its parts do not follow on each other', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('state.full', { ...full(1, 'cart'), part: 2, parts: 2 });
    await spoke.caughtUp();
    expect(spoke.received.slice(0, 2)).toEqual(['ack state.full-2', 'state.request']);
    expect(await scene.store.releasesOf()).toEqual([]);
  });

  it('counts when its last part is there', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('state.full', { ...full(4, 'aria'), part: 1, parts: 2 });
    await spoke.caughtUp(4);
    expect(await scene.store.releasesOf()).toEqual([]);
    spoke.say('state.full', { ...full(4, 'cart'), part: 2, parts: 2 });
    await spoke.caughtUp(4);
    expect(await scene.store.releasesOf()).toEqual(['aria', 'cart']);
    expect(spoke.received.map((each) => each.split(' ')[0])).toEqual([
      ...['ack', 'heartbeat'],
      ...['ack', 'heartbeat'],
    ]);
  });

  it.each([
    { name: 'the store has what the spoke sent', stored: 3, heartbeat: 3, expected: false },
    { name: 'a message got lost', stored: 3, heartbeat: 4, expected: true },
    { name: 'the spoke counts anew', stored: 3, heartbeat: 1, expected: true },
    { name: 'nothing was ever said', stored: undefined, heartbeat: 0, expected: false },
    { name: 'the hub was restored', stored: undefined, heartbeat: 3, expected: true },
  ])('is asked for=$expected after a heartbeat where $name', async (row) => {
    const scene = await SpokeScene.build();
    if (row.stored !== undefined)
      await scene.store.changeSpoke('dev', { stateGeneration: row.stored });
    const spoke = await scene.connect();
    await spoke.caughtUp(row.heartbeat);
    expect(spoke.received.includes('state.request')).toBe(row.expected);
  });
});

describe('a heartbeat', () => {
  it('is answered with the time of the hub, and the spoke counts as heard', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const id = spoke.say('heartbeat', { running: [], generation: 0 });
    expect(await spoke.socket.next('heartbeat')).toMatchObject({ re: id, p: { serverTime: AT } });
    expect(scene.heard).toEqual(['dev', 'dev']);
  });

  it('of a spoke that cannot see its cluster keeps the connection and confirms nothing', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('heartbeat', { running: [], generation: 0, blind: true });
    expect(await spoke.socket.next('heartbeat')).toMatchObject({ p: { serverTime: AT } });
    expect(scene.heard).toEqual(['dev']);
  });

  it('keeps the connection; 45 s of silence end it without a word', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.time.advance(44_999);
    await spoke.caughtUp();
    scene.time.advance(44_999);
    spoke.socket.ping();
    scene.time.advance(44_999);
    expect(scene.sessions.spokes()).toEqual(['dev']);
    scene.time.advance(1);
    expect(await spoke.socket.ended).toBe('cut');
    await spoke.connection.closed;
    expect(await scene.store.spoke()).toMatchObject({ connected: false });
  });

  it('is not missed while the hub itself is behind with what it was sent', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.store.failures.push(new StoreUnavailable('the store does not answer'));
    const retried = scene.time.waitBegins(50);
    const rearmed = scene.time.waitBegins(45_000);
    spoke.say('state.full', full(1, 'aria'));
    await Promise.all([retried, rearmed]);
    const again = scene.time.waitBegins(45_000);
    scene.time.advance(45_000);
    await again;
    await spoke.socket.next('ack');
    expect(scene.sessions.spokes()).toEqual(['dev']);
  });
});

describe('a frame that cannot be read', () => {
  it.each([
    { name: 'no JSON', text: '{', code: 4400, error: 'frame/not_json' },
    { name: 'JSON, and no envelope', text: '[]', code: 4400, error: 'frame/not_an_envelope' },
    {
      name: 'of a version not spoken here',
      text: '{"v":2,"t":"heartbeat","id":"m-1","epoch":1,"ts":"","p":{}}',
      code: 4426,
      error: 'frame/version',
    },
    {
      name: 'of a critical type that is not known',
      text: '{"v":1,"t":"weather","id":"m-1","epoch":1,"ts":"","crit":true,"p":{}}',
      code: 4400,
      error: 'frame/unknown_type',
    },
    {
      name: 'of a known type, without its members',
      text: '{"v":1,"t":"heartbeat","id":"m-1","epoch":1,"ts":"","p":{}}',
      code: 4400,
      error: 'frame/invalid_payload',
    },
  ])('is named and ends the connection with $code: $name', async ({ text, code, error }) => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.socket.say(text);
    expect(await spoke.socket.next('error')).toMatchObject({ p: { code: error } });
    expect(await codeOf(spoke)).toBe(code);
  });

  it.each([
    { name: 'is nested 65 levels deep', text: '['.repeat(65), isBinary: false },
    { name: 'is binary', text: '{}', isBinary: true },
  ])('ends the connection with 4400 where it $name', async ({ text, isBinary }) => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.socket.say(text, isBinary);
    expect(await codeOf(spoke)).toBe(4400);
  });

  it('of an unknown type that is not critical is named, and the connection stays', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.socket.say('{"v":1,"t":"weather","id":"m-1","epoch":1,"ts":"","p":{}}');
    await spoke.caughtUp();
    expect(spoke.received[0]).toBe('error m-1');
    expect(scene.sessions.spokes()).toEqual(['dev']);
  });

  it('of another epoch than the session ends the connection with 4400', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.epoch = 7;
    spoke.say('state.full', full(1, 'aria'));
    expect(await codeOf(spoke)).toBe(4400);
    expect(await scene.store.releasesOf()).toEqual([]);
  });

  it('is the last one that is handled', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.socket.say('{');
    spoke.say('state.full', full(1, 'aria'));
    await spoke.connection.closed;
    expect(await scene.store.releasesOf()).toEqual([]);
  });
});

describe('a session', () => {
  it('is closed with 4409 by a newer one of its spoke, and the newer one goes on', async () => {
    const scene = await SpokeScene.build();
    const older = await scene.connect();
    const newer = await scene.connect();
    expect(await codeOf(older)).toBe(4409);
    await older.connection.closed;
    await newer.caughtUp();
    expect(scene.sessions.get('dev')?.epoch).toBe(2);
    expect(await scene.store.spoke()).toMatchObject({ epoch: 2, connected: true });
  });

  it('writes nothing once a newer one was opened by another replica', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    await scene.store.addToOutbox(anOffer(1));
    await scene.store.changeSpoke('dev', { epoch: 2 });
    spoke.say('state.full', full(1, 'aria'));
    spoke.say('ack', {}, 'offer-1');
    expect(await codeOf(spoke)).toBe(4409);
    await spoke.connection.closed;
    expect(await scene.store.releasesOf()).toEqual([]);
    expect(await scene.store.outboxOf()).toHaveLength(1);
    expect(await scene.store.spoke()).toMatchObject({ epoch: 2, connected: true });
  });

  it('that is superseded acknowledges nothing in the outbox', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    await scene.store.addToOutbox(anOffer(1));
    await scene.store.changeSpoke('dev', { epoch: 2 });
    spoke.say('ack', {}, 'offer-1');
    expect(await codeOf(spoke)).toBe(4409);
    expect(await scene.store.outboxOf()).toHaveLength(1);
  });

  it('is closed with 4403 where its spoke is revoked', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    await scene.store.changeSpoke('dev', { revoked: true });
    spoke.say('state.full', full(1, 'aria'));
    expect(await codeOf(spoke)).toBe(4403);
    expect(await scene.store.releasesOf()).toEqual([]);
  });
});

describe('messages of the outbox', () => {
  it('are sent once on a connection, with the id they have in the outbox', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.connection.deliver([anOffer(1)], []);
    spoke.connection.deliver([anOffer(1), aCancellation(1)], []);
    expect(spoke.socket.sent.slice(1).map(({ id }) => id)).toEqual(['offer-1', 'cancel-1']);
  });

  it('are sent again on the next connection until they are acknowledged', async () => {
    const scene = await SpokeScene.build();
    for (const number of [1, 2]) await scene.store.addToOutbox(anOffer(number));
    const first = await scene.connect();
    first.connection.deliver(await scene.store.outboxOf(), []);
    first.say('ack', {}, 'offer-1');
    await first.caughtUp();
    const second = await scene.connect();
    second.connection.deliver(await scene.store.outboxOf(), []);
    expect(second.socket.sent.slice(1).map(({ id }) => id)).toEqual(['offer-2']);
  });

  it('of another spoke are not touched by an acknowledgement', async () => {
    const scene = await SpokeScene.build();
    await scene.store.addToOutbox(anOffer(1, 'dev-2'));
    const spoke = await scene.connect();
    spoke.say('ack', {}, 'offer-1');
    await spoke.caughtUp();
    expect(await scene.store.outboxOf('dev-2')).toHaveLength(1);
  });

  it('wait while the spoke reads too slowly', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.socket.bufferedAmount = 1024 * 1024 + 1;
    spoke.connection.deliver([anOffer(1)], []);
    expect(spoke.received).toEqual([]);
    spoke.socket.bufferedAmount = 0;
    spoke.connection.deliver([anOffer(1)], []);
    expect(spoke.received).toEqual(['plan.offer']);
  });

  it('are asked for when an acknowledgement makes room for one that waits', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.connection.deliver(
      Array.from({ length: 65 }, (_, index) => anOffer(index + 1)),
      [],
    );
    spoke.say('ack', {}, 'offer-1');
    await spoke.caughtUp();
    expect(scene.woken).toEqual(['dev', 'dev']);
  });

  it('need an acknowledgement that says what it answers', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('ack', {});
    expect(await codeOf(spoke)).toBe(4400);
  });

  it('stay in the outbox where the spoke has stopped reading and is cut off', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    await scene.store.addToOutbox(anOffer(1));
    spoke.socket.stuck = true;
    spoke.connection.deliver(await scene.store.outboxOf(), []);
    scene.time.advance(30_000);
    expect(await spoke.socket.ended).toBe('cut');
    expect(await scene.store.outboxOf()).toHaveLength(1);
  });
});

describe('a replica that stops', () => {
  it('finishes the frame in hand, says when to come back, and closes with 1012', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const id = spoke.say('state.full', full(1, 'aria'));
    spoke.say('state.delta', delta(2, 'cart'));
    await scene.sessions.shutDown();
    expect(await codeOf(spoke)).toBe(1012);
    expect(spoke.received).toEqual([`ack ${id}`, 'drain']);
    expect(await scene.store.releasesOf()).toEqual(['aria']);
    expect(await scene.store.spoke()).toMatchObject({ connected: false });
  });

  it('closes connections that have not said hello', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    await scene.sessions.shutDown();
    expect(await codeOf(spoke)).toBe(1012);
    expect(spoke.socket.sent).toEqual([]);
  });

  it('takes no frame of a spoke any more', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const stopped = scene.sessions.shutDown();
    spoke.say('state.full', full(1, 'aria'));
    await stopped;
    expect(await scene.store.releasesOf()).toEqual([]);
  });
});
