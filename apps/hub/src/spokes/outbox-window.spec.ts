import type { OutboxMessage } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { aCancellation, anOffer } from '../testing/spokes/spoke-scene.js';
import { OutboxWindow } from './outbox-window.js';

const offers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => anOffer(from + index));

/** Reads of the outbox what the window does not know, and sends what it lets through. */
function send(window: OutboxWindow, outbox: readonly OutboxMessage[]): readonly string[] {
  const known = window.known();
  const read = outbox.filter(({ id }) => !known.includes(id));
  return [...window.next(read, known)].map(({ id }) => id);
}

describe('the window of the outbox on one connection', () => {
  it('sends everything in the order of the outbox, and nothing twice', () => {
    const window = new OutboxWindow();
    const outbox = [anOffer(1), anOffer(2), aCancellation(1)];
    expect(send(window, outbox)).toEqual(['offer-1', 'offer-2', 'cancel-1']);
    expect(send(window, [...outbox, anOffer(3)])).toEqual(['offer-3']);
  });

  it('sends nothing twice where it is read again all the same', () => {
    const window = new OutboxWindow();
    expect([...window.next([anOffer(1)], [])]).toHaveLength(1);
    expect([...window.next([anOffer(1)], [])]).toEqual([]);
  });

  it('counts as sent only what was taken out of it', () => {
    const window = new OutboxWindow();
    const [first] = window.next(offers(1, 3), []);
    expect(first?.id).toBe('offer-1');
    expect(window.known()).toEqual(['offer-1']);
    expect(send(window, offers(1, 3))).toEqual(['offer-2', 'offer-3']);
  });

  it('has 64 offers under way at most, and room again for each that is done', () => {
    const window = new OutboxWindow();
    expect(send(window, offers(1, 65))).toHaveLength(64);
    expect(window.full).toBe(true);
    expect(send(window, offers(1, 65))).toEqual([]);
    window.acknowledge('offer-1');
    expect(send(window, offers(2, 65))).toEqual(['offer-65']);
    expect(window.full).toBe(false);
  });

  it('knows what waits for room too, until there is some', () => {
    const window = new OutboxWindow();
    send(window, offers(1, 66));
    expect(window.known()).toEqual(offers(1, 66).map(({ id }) => id));
    window.acknowledge('offer-1');
    expect(window.known()).toEqual(offers(2, 64).map(({ id }) => id));
  });

  it('forgets what waited and has left the outbox', () => {
    const window = new OutboxWindow();
    send(window, offers(1, 65));
    window.acknowledge('offer-1');
    expect(send(window, offers(2, 64))).toEqual([]);
    expect(window.full).toBe(false);
  });

  it('lets nothing new past offers for which room was made while the outbox was read', () => {
    const window = new OutboxWindow();
    send(window, offers(1, 65));
    const known = window.known();
    window.acknowledge('offer-1');
    expect([...window.next([anOffer(66), aCancellation(65)], known)]).toEqual([]);
    expect(send(window, [...offers(2, 66), aCancellation(65)])).toEqual(['offer-65', 'cancel-65']);
    window.acknowledge('offer-2');
    expect(send(window, offers(3, 66))).toEqual(['offer-66']);
  });

  it('lets a cancellation past offers that wait for room', () => {
    const window = new OutboxWindow();
    expect(send(window, [...offers(1, 65), aCancellation(64)])).toContain('cancel-64');
    expect(send(window, [...offers(1, 65), aCancellation(63)])).toEqual(['cancel-63']);
  });

  it('holds a cancellation back while its own offer waits for room', () => {
    const window = new OutboxWindow();
    expect(send(window, [...offers(1, 65), aCancellation(65)])).not.toContain('cancel-65');
    window.acknowledge('offer-1');
    expect(send(window, [...offers(2, 65), aCancellation(65)])).toEqual(['offer-65', 'cancel-65']);
  });
});
