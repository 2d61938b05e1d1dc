import { describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';
import { ChartUnavailable } from './chart-fetcher.js';

const TRIES = 3;

describe('a plan on a spoke whose disk takes nothing', () => {
  it.each([
    { name: 'before its claim', goodFetches: 0, claimed: false },
    { name: 'after its claim', goodFetches: 1, claimed: true },
  ])('$name waits with nothing touched and no verdict, and is carried out once', async (at) => {
    const bench = new ExecutionBench();
    const offer = anOffer({ type: 'install' });
    const full = new Error('ENOSPC: no space left on device, write');
    let isFull = true;
    let refused = 0;
    bench.beforeFetch = async (count) => {
      if (!isFull || count <= at.goodFetches) return;
      refused += 1;
      throw new ChartUnavailable('the chart cannot be written', { cause: full });
    };
    const spoke = bench.spoke();
    const told = spoke.carryOut(offer);
    const isOver = (): Promise<boolean> =>
      Promise.race([
        told.then(() => true),
        new Promise<false>((go) => setImmediate(() => go(false))),
      ]);
    while (refused < TRIES) {
      expect(await isOver()).toBe(false);
      bench.time.advance(1000);
    }
    expect(bench.helm.commands).toEqual([]);
    const { claim, verdicts } = await bench.ledger.read(offer.content);
    expect({ isClaimed: claim !== null, verdicts }).toEqual({
      isClaimed: at.claimed,
      verdicts: [],
    });
    expect(bench.logged.join('')).toContain('ENOSPC');

    isFull = false;
    while (!(await isOver())) bench.time.advance(1000);
    expect(await told).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands).toHaveLength(1);
    expect(await bench.history(offer)).toEqual(['1 deployed by plan-1']);
  });
});
