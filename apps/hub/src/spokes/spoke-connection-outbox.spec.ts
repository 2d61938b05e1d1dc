import { describe, expect, it } from '@jest/globals';
import { aCancellation, anOffer, HELLO, SpokeScene } from '../testing/spokes/spoke-scene.js';

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

  it('wait until a spoke that tells its ledger has told it', async () => {
    const scene = await SpokeScene.build();
    const spoke = scene.dial();
    spoke.say('hello', { ...HELLO, capabilities: [...HELLO.capabilities, 'tell_ledger'] });
    await spoke.welcomed();
    spoke.connection.deliver([anOffer(1), aCancellation(1), aCancellation(2)], []);
    expect(spoke.socket.sent.slice(1).map(({ id }) => id)).toEqual(['cancel-2']);
    spoke.say('plan.verdicts', { verdicts: [] });
    await spoke.caughtUp();
    expect(scene.woken).toEqual(['dev', 'dev']);
    spoke.connection.deliver([anOffer(1), aCancellation(1), aCancellation(2)], []);
    expect(spoke.socket.sent.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['offer-1', 'cancel-1']),
    );
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
    expect(await spoke.socket.endCode()).toBe(4400);
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
