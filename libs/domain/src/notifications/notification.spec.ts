import { describe, expect, it } from '@jest/globals';
import { aNotification } from '../testing.js';
import {
  newNotification,
  type Notification,
  notificationFailed,
  notificationReplayed,
  notificationTaken,
  notificationStatusOf,
} from './notification.js';

const AT = '2026-01-05T09:00:00.000Z';
const NOW = new Date(AT);
const AWAY = { kind: 'unavailable', detail: 'nobody answers' } as const;
const NO = { kind: 'refused', detail: 'answered 422: what?' } as const;

const later = (ms: number) => new Date(NOW.getTime() + ms);

describe('a notification', () => {
  it('is to be told at once when it is written', () => {
    const notice = { receiver: 'hermes', body: { message: 'hello' } } as const;
    const written = newNotification(notice, { id: 'n', deployment: 'd', environment: 'prod' }, NOW);
    expect(written).toEqual({
      ...{ ...notice, id: 'n', deployment: 'd', environment: 'prod' },
      ...{ createdAt: AT, attempts: 0, triedSince: AT, nextAttemptAt: AT },
    });
    expect(notificationStatusOf({ ...written, sequence: 1 })).toBe('waiting');
  });

  it('is delivered once it is taken, and forgets what went wrong before', () => {
    const taken = notificationTaken(aNotification({ attempts: 2, lastError: 'away' }), NOW);
    const { nextAttemptAt: _, ...rest } = aNotification();
    expect(taken).toEqual({ ...rest, attempts: 3, deliveredAt: AT });
    expect(notificationStatusOf(taken)).toBe('delivered');
  });

  it.each([
    { name: 'the first attempt', attempts: 0, pauseMs: 5_000 },
    { name: 'the second', attempts: 1, pauseMs: 300_000 },
    { name: 'the third', attempts: 2, pauseMs: 1_800_000 },
    { name: 'the fourth', attempts: 3, pauseMs: 7_200_000 },
    { name: 'the fortieth', attempts: 39, pauseMs: 7_200_000 },
  ])('pauses longer and longer after $name, a fifth more or less', ({ attempts, pauseMs }) => {
    const tried = aNotification({ attempts });
    const pauses = [0, 0.5, 1].map((chance) => notificationFailed(tried, AWAY, NOW, chance));
    expect(
      pauses.map(({ nextAttemptAt = '' }) => Date.parse(nextAttemptAt) - NOW.getTime()),
    ).toEqual([0.8 * pauseMs, pauseMs, 1.2 * pauseMs]);
    expect(pauses[0]).toMatchObject({ attempts: attempts + 1, lastError: 'nobody answers' });
    expect(pauses.map(notificationStatusOf)).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it.each<{
    name: string;
    given: Partial<Notification>;
    attempt: typeof AWAY | typeof NO;
    dead: boolean;
  }>([
    { name: 'refused for the third time', given: { attempts: 2 }, attempt: NO, dead: false },
    { name: 'refused for the fourth time', given: { attempts: 3 }, attempt: NO, dead: true },
    { name: 'not taken for the fourth time', given: { attempts: 3 }, attempt: AWAY, dead: false },
    {
      name: 'not taken for three days less a millisecond',
      given: { triedSince: later(-259_200_000 + 1).toISOString() },
      attempt: AWAY,
      dead: false,
    },
    {
      name: 'not taken for three days',
      given: { triedSince: later(-259_200_000).toISOString() },
      attempt: AWAY,
      dead: true,
    },
    {
      name: 'old, and replayed just now',
      given: { createdAt: later(-604_800_000).toISOString() },
      attempt: AWAY,
      dead: false,
    },
  ])('is given up, or not: $name', ({ given, attempt, dead }) => {
    const after = notificationFailed(aNotification(given), attempt, NOW, 0);
    expect(notificationStatusOf(after)).toBe(dead ? 'dead' : 'waiting');
    expect(after.deadAt).toBe(dead ? AT : undefined);
    expect('nextAttemptAt' in after).toBe(!dead);
    expect(after.lastError).toBe(attempt.detail);
  });

  describe('to a webhook', () => {
    const HOUR_MS = 3_600_000;
    const tried = (attempts: number) => aNotification({ receiver: 'webhook/w', attempts });

    it('is tried ten times, within three days and a bit', () => {
      const pauses = Array.from({ length: 9 }, (_, attempts) => {
        const { nextAttemptAt = '' } = notificationFailed(tried(attempts), NO, NOW, 0.5);
        return Date.parse(nextAttemptAt) - NOW.getTime();
      });
      const hours = [2, 5, 10, 14, 20, 24].map((count) => count * HOUR_MS);
      expect(pauses).toEqual([5_000, 300_000, 1_800_000, ...hours]);
      expect(notificationFailed(tried(9), AWAY, NOW, 0)).toMatchObject({
        attempts: 10,
        deadAt: AT,
      });
    });

    it.each([
      { name: 'nothing', asksMs: undefined, waitMs: 5_000 },
      { name: 'less than the pause', asksMs: 4_999, waitMs: 5_000 },
      { name: 'more than the pause', asksMs: 60_000, waitMs: 60_000 },
      { name: 'more than a day', asksMs: 25 * HOUR_MS, waitMs: 24 * HOUR_MS },
      { name: 'an instant that is past', asksMs: -1, waitMs: 5_000 },
    ])('heeds how long its receiver asks to wait: $name', ({ asksMs, waitMs }) => {
      const asked = asksMs === undefined ? {} : { notBefore: later(asksMs) };
      const { nextAttemptAt } = notificationFailed(tried(0), { ...AWAY, ...asked }, NOW, 0.5);
      expect(nextAttemptAt).toBe(later(waitMs).toISOString());
    });

    it('is given up at once where that wants nothing any more', () => {
      const gone = { kind: 'gone', detail: 'answered 410' } as const;
      expect(notificationFailed(tried(0), gone, NOW, 0)).toMatchObject({ deadAt: AT, attempts: 1 });
    });

    it('is given up after 76 hours, however seldom it was tried', () => {
      const behind = { ...tried(0), triedSince: later(-76 * HOUR_MS).toISOString() };
      expect(notificationFailed(behind, AWAY, NOW, 0)).toHaveProperty('deadAt');
      const sooner = { ...behind, triedSince: later(-76 * HOUR_MS + 1).toISOString() };
      expect(notificationFailed(sooner, AWAY, NOW, 0)).toHaveProperty('nextAttemptAt');
    });
  });

  it.each<{ name: string; given: Partial<Notification> }>([
    { name: 'dead', given: { deadAt: AT, attempts: 4, lastError: 'no' } },
    { name: 'delivered', given: { deliveredAt: AT, attempts: 1 } },
  ])('is told from the start in its old place when it is replayed: $name', ({ given }) => {
    const { nextAttemptAt: _, ...ended } = aNotification(given);
    const at = later(1).toISOString();
    expect(notificationReplayed(ended, later(1))).toEqual({
      ...aNotification(),
      ...{ attempts: 0, triedSince: at, nextAttemptAt: at },
    });
  });
});
