import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { SpokeScene } from '../testing/spokes/spoke-scene.js';
import { aFullState, aStateDelta } from '../testing/spokes/state-payloads.js';

const AT = '2026-01-05T09:00:00.000Z';

describe('a durable message', () => {
  it('is acknowledged by its id once it is stored', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const id = spoke.say('state.full', aFullState(1, 'aria'));
    const ack = await spoke.socket.next('ack');
    expect(ack).toMatchObject({ re: id, epoch: 1 });
    expect(await scene.store.releasesOf()).toEqual(['aria']);
  });

  it('is not acknowledged before it is stored', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    scene.store.failures.push(new StoreUnavailable('the store does not answer'));
    const retried = scene.time.waitBegins(50);
    spoke.say('state.full', aFullState(1, 'aria'));
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
    spoke.say('state.full', aFullState(1, 'aria'));
    for (const pauseMs of [50, 250, 1000]) {
      await scene.time.waitBegins(pauseMs);
      scene.time.advance(pauseMs);
    }
    expect(await spoke.socket.endCode()).toBe(1013);
    expect(spoke.received).toEqual([]);
    const again = await scene.connect();
    const id = again.say('state.full', aFullState(1, 'aria'));
    expect(await again.socket.next('ack')).toMatchObject({ re: id });
    expect(await scene.store.releasesOf()).toEqual(['aria']);
  });

  it('ends the connection with 1011 where the hub has a bug, which is logged', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const bug = new TypeError('no such member');
    scene.store.failures.push(bug);
    spoke.say('state.full', aFullState(1, 'aria'));
    expect(await spoke.socket.endCode()).toBe(1011);
    expect(scene.log.errors).toMatchObject([{ err: bug, spoke: 'dev', epoch: 1 }]);
  });

  it('has its effect in the order in which it came', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const sent = [spoke.say('state.full', aFullState(1))];
    for (let generation = 2; generation <= 60; generation += 1) {
      sent.push(spoke.say('state.delta', aStateDelta(generation, `release-${generation}`)));
    }
    await spoke.caughtUp(60);
    expect(spoke.received.slice(0, 60)).toEqual(sent.map((id) => `ack ${id}`));
    expect(await scene.store.releasesOf()).toHaveLength(59);
    expect(await scene.store.spoke()).toMatchObject({ stateGeneration: 60 });
  });

  it('has no effect the second time, and is acknowledged again', async () => {
    const scene = await SpokeScene.build();
    const first = await scene.connect();
    first.say('state.full', aFullState(1, 'aria'));
    first.say('state.delta', aStateDelta(2, 'cart'));
    await first.caughtUp(2);
    const second = await scene.connect();
    const id = second.say('state.delta', {
      ...aStateDelta(2),
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

describe('what a spoke says that its ledger holds', () => {
  it('is kept where this hub does not know the plan, and not answered', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    const verdicts = [
      {
        ...{ planId: 'plan-of-nobody', namespace: 'shop', releaseName: 'web' },
        ...{ verdict: 'failed' as const, at: AT },
      },
    ];
    spoke.say('plan.verdicts', { verdicts });
    await spoke.caughtUp();
    expect(await scene.store.spoke()).toMatchObject({ unknownPlans: verdicts });
    expect(spoke.received.filter((answer) => answer.startsWith('ack'))).toEqual([]);
  });
});

describe('the state of a spoke', () => {
  it('is asked for where a delta does not follow on what is stored', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('state.full', aFullState(1, 'aria'));
    const gap = spoke.say('state.delta', aStateDelta(3, 'cart'));
    await spoke.caughtUp(1);
    expect(spoke.received.slice(1, 3)).toEqual([`ack ${gap}`, 'state.request']);
    expect(await scene.store.releasesOf()).toEqual(['aria']);
  });

  it('is asked for where its parts do not follow on each other', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('state.full', { ...aFullState(1, 'cart'), part: 2, parts: 2 });
    await spoke.caughtUp();
    expect(spoke.received.slice(0, 2)).toEqual(['ack state.full-2', 'state.request']);
    expect(await scene.store.releasesOf()).toEqual([]);
  });

  it('counts when its last part is there', async () => {
    const scene = await SpokeScene.build();
    const spoke = await scene.connect();
    spoke.say('state.full', { ...aFullState(4, 'aria'), part: 1, parts: 2 });
    await spoke.caughtUp(4);
    expect(await scene.store.releasesOf()).toEqual([]);
    spoke.say('state.full', { ...aFullState(4, 'cart'), part: 2, parts: 2 });
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
