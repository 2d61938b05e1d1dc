import { describe, expect, it } from '@jest/globals';
import { shareTurns } from './share-turns.js';

describe('works that share the turns of a process', () => {
  it.each([
    { name: 'keep a turn that is short', took: [0.5, 0.5, 0.9], expected: 0 },
    { name: 'let others in once 2 ms are over', took: [2], expected: 1 },
    { name: 'count anew from there', took: [1, 1, 1, 1, 0.5], expected: 2 },
    { name: 'let others in once for all that lasted long', took: [500, 1], expected: 1 },
  ])('$name', async ({ took, expected }) => {
    let ms = 1000;
    let others = 0;
    const pause = shareTurns({
      now: () => ms,
      next: async () => {
        others += 1;
        // What others do is not counted against the works.
        ms += 40;
      },
    });
    for (const each of took) {
      ms += each;
      await pause();
    }
    expect(others).toBe(expected);
  });
});
