import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

/** Work that ends when the test says. */
class Work {
  begun = false;
  end: () => void = () => undefined;

  readonly run = (): Promise<string> => {
    this.begun = true;
    return new Promise((resolve) => {
      this.end = () => {
        resolve('done');
      };
    });
  };
}

describe('turns', () => {
  it('begin nothing at an environment while something else is done there', async () => {
    const turns = new Turns();
    const [first, second, elsewhere] = [new Work(), new Work(), new Work()];
    const one = turns.take('dev', first.run);
    const two = turns.take('dev', second.run);
    const three = turns.take('prod', elsewhere.run);
    expect([first.begun, second.begun, elsewhere.begun]).toEqual([true, false, true]);
    elsewhere.end();
    expect(await three).toBe('done');
    expect(second.begun).toBe(false);
    first.end();
    expect(await one).toBe('done');
    second.end();
    expect(await two).toBe('done');
    expect(second.begun).toBe(true);
  });

  it('come in the order in which they were asked for', async () => {
    const turns = new Turns();
    const order: number[] = [];
    const asked = [1, 2, 3, 4].map((number) =>
      turns.take('dev', () => {
        order.push(number);
        return Promise.resolve();
      }),
    );
    await Promise.all(asked);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('go on behind one that fails, which is told to whoever asked for it', async () => {
    const turns = new Turns();
    const failing = turns.take('dev', () => Promise.reject(new Error('the store is gone')));
    const next = turns.take('dev', () => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('the store is gone');
    expect(await next).toBe('done');
  });
});
