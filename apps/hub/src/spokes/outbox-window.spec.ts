import { describe, expect, it } from '@jest/globals';
import { aCancellation, anOffer } from '../testing/spokes/spoke-scene.js';
import { OutboxWindow } from './outbox-window.js';

const offers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => anOffer(from + index));
const ids = (window: OutboxWindow, pending: Parameters<OutboxWindow['next']>[0]) =>
  [...window.next(pending)].map(({ id }) => id);

describe('the window of the outbox on one connection', () => {
  it('sends everything in the order of the outbox, and nothing twice', () => {
    const window = new OutboxWindow();
    const pending = [anOffer(1), anOffer(2), aCancellation(1)];
    expect(ids(window, pending)).toEqual(['offer-1', 'offer-2', 'cancel-1']);
    expect(ids(window, [...pending, anOffer(3)])).toEqual(['offer-3']);
  });

  it('counts as sent only what was taken out of it', () => {
    const window = new OutboxWindow();
    const [first] = window.next(offers(1, 3));
    expect(first?.id).toBe('offer-1');
    expect(ids(window, offers(1, 3))).toEqual(['offer-2', 'offer-3']);
  });

  it('has 64 offers under way at most, and room again for each that is done', () => {
    const window = new OutboxWindow();
    expect(ids(window, offers(1, 65))).toHaveLength(64);
    expect(window.full).toBe(true);
    expect(ids(window, offers(1, 65))).toEqual([]);
    expect(ids(window, offers(2, 65))).toEqual(['offer-65']);
    expect(window.full).toBe(false);
  });

  it('lets a cancellation past offers that wait for room', () => {
    const window = new OutboxWindow();
    expect(ids(window, [...offers(1, 65), aCancellation(64)])).toContain('cancel-64');
  });

  it('holds a cancellation back while its own offer waits for room', () => {
    const window = new OutboxWindow();
    expect(ids(window, [...offers(1, 65), aCancellation(65)])).not.toContain('cancel-65');
    expect(ids(window, [...offers(2, 65), aCancellation(65)])).toEqual(['offer-65', 'cancel-65']);
  });
});
