import { beforeEach, describe, expect, it } from '@jest/globals';
import { AcceptedCredentials, type CountedAs } from './accepted-credentials.js';

const MINUTE_MS = 60_000;
const ANN: CountedAs = { credentials: 'ann/1', principal: 'ann' };
const BOB: CountedAs = { credentials: 'bob/1', principal: 'bob' };

describe('credentials that were accepted', () => {
  let now: number;
  let accepted: AcceptedCredentials;
  beforeEach(() => {
    now = 1_000;
    accepted = new AcceptedCredentials(() => now);
  });

  it('are remembered for ten minutes after they were last', () => {
    accepted.add('ann', ANN);
    now += 9 * MINUTE_MS;
    accepted.add('ann', BOB);
    now += 10 * MINUTE_MS - 1;
    expect(accepted.get('ann')).toMatchObject(BOB);
    now += 1;
    expect(accepted.get('ann')).toBeUndefined();
  });

  it('are no others', () => {
    accepted.add('ann', ANN);
    expect(accepted.get('bob')).toBeUndefined();
  });

  it('are forgotten once they are refused', () => {
    accepted.add('ann', ANN);
    accepted.forget('ann');
    expect(accepted.get('ann')).toBeUndefined();
  });

  it('are ten thousand at most: those that were used last', () => {
    accepted.add('first', ANN);
    accepted.add('second', ANN);
    for (let each = 0; each < 9_998; each += 1) accepted.add(`other-${String(each)}`, BOB);
    accepted.add('first', ANN);
    accepted.add('last', ANN);
    const found = ['first', 'second', 'other-0', 'last'].filter((one) => accepted.get(one));
    expect(found).toEqual(['first', 'other-0', 'last']);
  });
});
