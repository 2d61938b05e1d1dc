import { beforeEach, describe, expect, it } from '@jest/globals';
import { TokenBuckets } from './token-buckets.js';

const SALT = new Uint8Array(16);

let now: number;
let buckets: TokenBuckets;
beforeEach(() => {
  now = 1_000_000;
  buckets = new TokenBuckets({ perSecond: 2, burst: 10, now: () => now, salt: SALT });
});

/** How many of so many attempts are taken at this moment. */
function taken(key: string, attempts: number): number {
  return Array.from({ length: attempts }, () => buckets.take(key)).filter((wait) => wait === 0)
    .length;
}

describe('a bucket of ten, two of them a second', () => {
  it('gives ten at once, and says when there is another', () => {
    expect([taken('ann', 30), buckets.take('ann')]).toEqual([10, 500]);
  });

  it.each([
    { name: 'nothing within half a second', afterMs: 499, expected: 0 },
    { name: 'one after half a second', afterMs: 500, expected: 1 },
    { name: 'two a second', afterMs: 1_000, expected: 2 },
    { name: 'ten again after five seconds', afterMs: 5_000, expected: 10 },
    { name: 'no more than ten after a day', afterMs: 86_400_000, expected: 10 },
  ])('gives $name, once it is empty', ({ afterMs, expected }) => {
    taken('ann', 10);
    now += afterMs;
    expect(taken('ann', 30)).toBe(expected);
  });

  it('is not filled by asking again and again', () => {
    taken('ann', 10);
    const given = Array.from({ length: 100 }, () => {
      now += 100;
      return taken('ann', 5);
    });
    expect(given.reduce((sum, count) => sum + count)).toBe(20);
  });

  it('is empty for five seconds at most after the clock was set back', () => {
    taken('ann', 10);
    now -= 3_600_000;
    expect(buckets.take('ann')).toBe(500);
    now += 5_000;
    expect(taken('ann', 30)).toBe(10);
  });

  it('is of one key only', () => {
    taken('ann', 10);
    expect([taken('bob', 30), taken('ann', 1)]).toEqual([10, 0]);
  });

  it('can be drained by more than there is, and owes nothing then', () => {
    taken('ann', 3);
    buckets.drain('ann', 1_000);
    expect(buckets.take('ann')).toBe(500);
    now += 5_000;
    expect(taken('ann', 30)).toBe(10);
  });

  it('takes back what was given, and no more than that', () => {
    taken('ann', 4);
    for (let each = 0; each < 4; each += 1) buckets.giveBack('ann');
    expect(taken('ann', 30)).toBe(10);
    for (let each = 0; each < 4; each += 1) buckets.giveBack('ann');
    expect(taken('ann', 30)).toBe(4);
  });

  it('takes back nothing that others have taken', () => {
    taken('bob', 10);
    for (let each = 0; each < 100; each += 1) buckets.giveBack('ann');
    expect(taken('bob', 1)).toBe(0);
  });

  it('stays empty, whatever names come after: nobody gets a new one by making room', () => {
    taken('ann', 10);
    for (let other = 0; other < 100_000; other += 1) buckets.take(`other-${String(other)}`);
    expect(taken('ann', 1)).toBe(0);
  });

  it('is full for newcomers while a thousand others have emptied theirs', () => {
    for (let other = 0; other < 1_000; other += 1) buckets.drain(`other-${String(other)}`, 10);
    const newcomers = Array.from({ length: 200 }, (_, each) => `new-${String(each)}`);
    expect(newcomers.filter((key) => taken(key, 10) < 10)).toEqual([]);
  });
});
