import { PlanMovedError, StoreUnavailable } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { committing } from './commit-retry.js';

/** Fails with these errors, one after the other, then answers. */
function failing(...errors: Error[]) {
  const work = async (): Promise<string> => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return 'committed';
  };
  return { work, left: errors };
}

const away = () => new StoreUnavailable('the store does not answer');

describe('a commit', () => {
  it('is tried again after a lost race and while the store is away', async () => {
    const time = new VirtualTime();
    const { work } = failing(new PlanMovedError('plan-1'), away(), away());
    const committed = committing(time)(work);
    for (const pauseMs of [50, 250, 1000]) {
      await time.waitBegins(pauseMs);
      time.advance(pauseMs);
    }
    await expect(committed).resolves.toBe('committed');
  });

  it('is given up at the fourth failure', async () => {
    const time = new VirtualTime();
    const { work, left } = failing(away(), away(), away(), away(), away());
    const committed = committing(time)(work);
    for (const pauseMs of [50, 250, 1000]) {
      await time.waitBegins(pauseMs);
      time.advance(pauseMs);
    }
    await expect(committed).rejects.toThrow('the store does not answer');
    expect(left).toHaveLength(1);
  });

  it('is not tried again after a bug', async () => {
    const { work, left } = failing(new TypeError('no such member'), away());
    await expect(committing(new VirtualTime())(work)).rejects.toThrow('no such member');
    expect(left).toHaveLength(1);
  });
});
