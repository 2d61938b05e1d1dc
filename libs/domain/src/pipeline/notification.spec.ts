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
