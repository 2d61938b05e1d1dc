import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { anOffer, HELLO, type SpokeEnd, SpokeScene } from '../testing/spokes/spoke-scene.js';
import { aFullState, aStateDelta } from '../testing/spokes/state-payloads.js';

const AT = '2026-01-05T09:00:00.000Z';

describe('the begin of a connection', () => {
  it('is answered by a welcome with the epoch of the session', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    const id = spoke.say('hello', HELLO);
    const welcome = await spoke.welcomed();
    expect(welcome).toMatchObject({
      re: id,
      epoch: 1,
      p: {
        ...{ epoch: 1, spoke: 'dev', environment: 'dev', serverTime: AT },
        ...{ heartbeatIntervalMs: 20000, learns: true },
      },
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
    expect(await spoke.socket.endCode()).toBe(4400);
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
    expect(await spoke.socket.endCode()).toBe(4426);
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
    expect(await spoke.socket.endCode()).toBe(4403);
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

  it('of a spoke that cannot see its cluster is noted once, and once when it sees again', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const beat = async (blind: boolean): Promise<unknown> => {
      spoke.say('heartbeat', { running: [], generation: 0, ...(blind && { blind }) });
      await spoke.socket.next('heartbeat');
      return (await scene.store.spoke())?.hello?.blindSince;
    };
    expect(await beat(true)).toBe(AT);
    expect(await beat(true)).toBe(AT);
    expect(await beat(false)).toBeUndefined();
    expect(scene.heard).toEqual(['dev', 'dev']);
  });

  it('that says nothing of it is the first word that confirms anything after a blind one', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('heartbeat', { running: [], generation: 0, blind: true });
    await spoke.socket.next('heartbeat');
    spoke.say('state.full', { generation: 1, part: 1, parts: 1, releases: [] });
    await spoke.socket.next('ack');
    expect(scene.heard).toEqual(['dev']);
  });

  it('keeps the connection; 45 s of silence end it without a word', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.time.advance(44_999);
    await spoke.caughtUp();
    scene.time.advance(44_999);
    spoke.connection.hear();
    scene.time.advance(44_999);
    expect(scene.sessions.spokes()).toEqual(['dev']);
    scene.time.advance(1);
    expect(await spoke.socket.ended).toBe('cut');
    await spoke.connection.closed;
    expect(await scene.store.spoke()).toMatchObject({ connected: false });
  });

  it('is not waited for where bytes of a large frame come: after 30 s the hub speaks first', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.time.advance(29_999);
    spoke.connection.hear();
    expect(spoke.received).toEqual([]);
    scene.time.advance(1);
    spoke.connection.hear();
    spoke.connection.hear();
    expect(spoke.received).toEqual(['heartbeat']);
  });

  it('is when the spoke was last seen: not its silence, nor the end of its connection', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.time.advance(8000);
    await spoke.caughtUp();
    scene.time.advance(45_000);
    expect(await spoke.socket.ended).toBe('cut');
    await spoke.connection.closed;
    expect(await scene.store.spoke()).toMatchObject({ lastSeenAt: '2026-01-05T09:00:08.000Z' });
  });

  it('is not missed while the hub itself is behind with what it was sent', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.store.failures.push(new StoreUnavailable('the store does not answer'));
    const retried = scene.time.waitBegins(50);
    const rearmed = scene.time.waitBegins(45_000);
    spoke.say('state.full', aFullState(1, 'aria'));
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
    expect(await spoke.socket.endCode()).toBe(code);
  });

  it.each([
    { name: 'is nested 65 levels deep', text: '['.repeat(65), isBinary: false },
    { name: 'is binary', text: '{}', isBinary: true },
  ])('ends the connection with 4400 where it $name', async ({ text, isBinary }) => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.socket.say(text, isBinary);
    expect(await spoke.socket.endCode()).toBe(4400);
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
    spoke.say('state.full', aFullState(1, 'aria'));
    expect(await spoke.socket.endCode()).toBe(4400);
    expect(await scene.store.releasesOf()).toEqual([]);
  });

  it('is the last one that is handled', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.socket.say('{');
    spoke.say('state.full', aFullState(1, 'aria'));
    await spoke.connection.closed;
    expect(await scene.store.releasesOf()).toEqual([]);
  });
});

describe('pings and pongs', () => {
  const say = (spoke: SpokeEnd, times: number, type: 'ping' | 'pong' = 'ping'): void => {
    for (let count = 0; count < times; count += 1) spoke.socket.control(type);
  };

  it.each(['ping', 'pong'] as const)('end the connection with 4429: the 21st %s', async (type) => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    say(spoke, 20, type);
    await spoke.caughtUp();
    say(spoke, 1, type);
    expect(await spoke.socket.ended).toEqual({
      code: 4429,
      reason: 'more than 2 pings a second came; heartbeats are enough',
    });
  });

  it('may come twice a second for ever', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    say(spoke, 20);
    for (let second = 0; second < 40; second += 1) {
      scene.time.advance(1000);
      say(spoke, 2);
    }
    await spoke.caughtUp();
    scene.time.advance(999);
    say(spoke, 2);
    expect(await spoke.socket.endCode()).toBe(4429);
  });

  it('are worth no more after a long rest than 20 at once', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.time.advance(40_000);
    say(spoke, 20);
    await spoke.caughtUp();
    say(spoke, 1);
    expect(await spoke.socket.endCode()).toBe(4429);
  });
});

describe('very many frames that are not known', () => {
  it('are each answered, and logged once for each type, twenty times at most', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const weather = (type: string): void => {
      spoke.socket.say(`{"v":1,"t":"${type}","id":"m-1","epoch":1,"ts":"","p":{}}`);
    };
    for (let count = 0; count < 50; count += 1) weather('weather');
    for (let count = 0; count < 50; count += 1) weather(`weather-${count}`);
    await spoke.caughtUp();
    expect(spoke.received.filter((answer) => answer === 'error m-1')).toHaveLength(100);
    expect(scene.log.warnings).toHaveLength(20);
    expect(scene.log.warnings[0]).toMatchObject({ code: 'unknown_type', spoke: 'dev' });
  });
});

describe('a session', () => {
  it('is closed with 4409 by a newer one of its spoke, and the newer one goes on', async () => {
    const scene = await SpokeScene.build();
    const older = await scene.connect();
    const newer = await scene.connect();
    expect(await older.socket.endCode()).toBe(4409);
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
    spoke.say('state.full', aFullState(1, 'aria'));
    spoke.say('ack', {}, 'offer-1');
    expect(await spoke.socket.endCode()).toBe(4409);
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
    expect(await spoke.socket.endCode()).toBe(4409);
    expect(await scene.store.outboxOf()).toHaveLength(1);
  });

  it('is closed with 4403 where its spoke is revoked', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    await scene.store.changeSpoke('dev', { revoked: true });
    spoke.say('state.full', aFullState(1, 'aria'));
    expect(await spoke.socket.endCode()).toBe(4403);
    expect(await scene.store.releasesOf()).toEqual([]);
  });
});

describe('a replica that stops', () => {
  it('finishes the frame in hand, says when to come back, and closes with 1012', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const id = spoke.say('state.full', aFullState(1, 'aria'));
    spoke.say('state.delta', aStateDelta(2, 'cart'));
    await scene.sessions.shutDown();
    expect(await spoke.socket.endCode()).toBe(1012);
    expect(spoke.received).toEqual([`ack ${id}`, 'drain']);
    expect(await scene.store.releasesOf()).toEqual(['aria']);
    expect(await scene.store.spoke()).toMatchObject({ connected: false });
  });

  it('closes connections that have not said hello', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    await scene.sessions.shutDown();
    expect(await spoke.socket.endCode()).toBe(1012);
    expect(spoke.socket.sent).toEqual([]);
  });

  it('takes no frame of a spoke any more', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const stopped = scene.sessions.shutDown();
    spoke.say('state.full', aFullState(1, 'aria'));
    await stopped;
    expect(await scene.store.releasesOf()).toEqual([]);
  });
});
