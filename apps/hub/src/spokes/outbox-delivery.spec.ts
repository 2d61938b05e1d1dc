import { StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { aCancellation, anOffer, SpokeScene } from '../testing/spokes/spoke-scene.js';
import { OutboxDelivery } from './outbox-delivery.js';

/** How often all are looked at although nobody told of a message. */
const LOOK_MS = 30_000;

async function build() {
  const scene = await SpokeScene.build();
  const { context, sessions, time, log } = scene;
  const delivery = new OutboxDelivery({ context, sessions, timer: time, random: () => 0.5, log });
  return { scene, delivery, time };
}

describe('the delivery of the outbox', () => {
  it('brings what waits to a spoke that has just connected', async () => {
    const { scene, delivery } = await build();
    for (const number of [1, 2]) await scene.store.addToOutbox(anOffer(number));
    const spoke = await scene.connect();
    delivery.start();
    expect((await spoke.socket.next('plan.offer')).id).toBe('offer-1');
    expect((await spoke.socket.next('plan.offer')).id).toBe('offer-2');
    await delivery.stop();
  });

  it('brings a message as soon as its commit is signalled', async () => {
    const { scene, delivery, time } = await build();
    const spoke = await scene.connect();
    const idle = time.waitBegins(LOOK_MS);
    delivery.start();
    await idle;
    await scene.store.addToOutbox(anOffer(1));
    expect((await spoke.socket.next('plan.offer')).id).toBe('offer-1');
    await delivery.stop();
  });

  it('reads nothing while nothing is signalled, but for a look each 30 s', async () => {
    const { scene, delivery, time } = await build();
    await scene.connect();
    const idle = time.waitBegins(LOOK_MS);
    delivery.start();
    await idle;
    time.advance(LOOK_MS - 1);
    expect(scene.store.outboxReads).toEqual([[]]);
    const looked = time.waitBegins(LOOK_MS);
    time.advance(1);
    await looked;
    expect(scene.store.outboxReads).toEqual([[], []]);
    await delivery.stop();
  });

  it('sweeps at once when commits of others may have gone by unheard', async () => {
    const { scene, delivery, time } = await build();
    const spoke = await scene.connect();
    const idle = time.waitBegins(LOOK_MS);
    delivery.start();
    await idle;
    scene.store.deaf = true;
    await scene.store.addToOutbox(anOffer(1));
    scene.store.miss();
    expect((await spoke.socket.next('plan.offer')).id).toBe('offer-1');
    await delivery.stop();
  });

  it('sweeps over all connected spokes every 500 ms while other replicas are not heard', async () => {
    const { scene, delivery, time } = await build();
    const [one, two] = [await scene.connect('dev'), await scene.connect('dev-2')];
    scene.store.deaf = true;
    const idle = time.waitBegins(500);
    delivery.start();
    await idle;
    await scene.store.addToOutbox(anOffer(1, 'dev'));
    await scene.store.addToOutbox(anOffer(2, 'dev-2'));
    time.advance(500);
    expect((await one.socket.next('plan.offer')).id).toBe('offer-1');
    expect((await two.socket.next('plan.offer')).id).toBe('offer-2');
    await delivery.stop();
  });

  it('reads nothing again that is under way, whichever spoke it went to', async () => {
    const { scene, delivery, time } = await build();
    for (const spoke of ['dev', 'dev-2']) await scene.connect(spoke);
    await scene.store.addToOutbox(anOffer(1, 'dev'));
    await scene.store.addToOutbox(anOffer(2, 'dev-2'));
    scene.store.deaf = true;
    const idle = time.waitBegins(500);
    delivery.start();
    await idle;
    await scene.store.addToOutbox(anOffer(3, 'dev'));
    for (let sweep = 1; sweep <= 2; sweep += 1) {
      const swept = time.waitBegins(500);
      time.advance(500);
      await swept;
    }
    expect(scene.store.outboxReads).toEqual([['offer-1', 'offer-2'], ['offer-3'], []]);
    await delivery.stop();
  });

  it('gives a new session everything, also what was under way to the one before', async () => {
    const { scene, delivery, time } = await build();
    await scene.connect();
    await scene.store.addToOutbox(anOffer(1));
    const idle = time.waitBegins(LOOK_MS);
    delivery.start();
    await idle;
    const again = await scene.connect();
    delivery.wake(['dev']);
    expect((await again.socket.next('plan.offer')).id).toBe('offer-1');
    await delivery.stop();
  });

  it('gives a session nothing that was read for the one before it', async () => {
    const { scene, delivery, time } = await build();
    await scene.connect();
    await scene.store.addToOutbox(anOffer(1));
    const idle = time.waitBegins(LOOK_MS);
    delivery.start();
    await idle;
    await scene.store.addToOutbox(aCancellation(1));
    const again = await scene.connect();
    delivery.wake(['dev']);
    await again.socket.next('plan.cancel');
    expect(again.received).toEqual(['plan.offer', 'plan.cancel']);
    await delivery.stop();
  });

  it('makes good after an outage of the store', async () => {
    const { scene, delivery, time } = await build();
    const spoke = await scene.connect();
    await scene.store.addToOutbox(anOffer(1));
    scene.store.failures.push(new StoreUnavailable('the store does not answer'));
    const failed = time.waitBegins(500);
    delivery.start();
    await failed;
    expect(scene.log.errors).toHaveLength(1);
    time.advance(500);
    expect((await spoke.socket.next('plan.offer')).id).toBe('offer-1');
    await delivery.stop();
  });

  it('asks the store for nothing while no spoke is connected', async () => {
    const { scene, delivery, time } = await build();
    scene.store.failures.push(new StoreUnavailable('it was asked'));
    const idle = time.waitBegins(LOOK_MS);
    delivery.start();
    await idle;
    expect(scene.log.errors).toEqual([]);
    await delivery.stop();
  });
});
