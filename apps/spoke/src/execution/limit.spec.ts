import { describe, expect, it } from '@jest/globals';
import { Limit } from './limit.js';

describe('a limit of two', () => {
  it('lets the third task begin when one of the first two ends, failed or not', async () => {
    const limit = new Limit(2);
    const begun: number[] = [];
    const end: ((error?: Error) => void)[] = [];
    const tasks = [0, 1, 2].map((index) =>
      limit.run(() => {
        begun.push(index);
        return new Promise<void>((resolve, reject) => {
          end[index] = (error) => (error === undefined ? resolve() : reject(error));
        });
      }),
    );
    expect(begun).toEqual([0, 1]);
    end[1]?.(new Error('no'));
    await expect(tasks[1]).rejects.toThrow('no');
    expect(begun).toEqual([0, 1, 2]);
    end[0]?.();
    end[2]?.();
    await Promise.all([tasks[0], tasks[2]]);
  });
});
