import { describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { failingKube } from '../testing/failing-kube.js';
import { anOffer } from '../testing/plan-offers.js';

const NOW = '2026-03-02T12:00:00.000Z';
const TWO = { name: 'web', version: '2.0.0' };
const LOCKED =
  'release web in shop is pending-upgrade at revision 2: somebody is at work on it or died there; if no helm runs, roll it back or uninstall it by hand';

/** A release that somebody's helm holds, and an offer for it that waits. */
async function locked(change: { readonly windowEnd?: string } = {}) {
  const bench = new ExecutionBench();
  await bench.installed(anOffer({ planId: 'plan-0' }));
  const theirs = { planId: 'theirs', type: 'upgrade', values: { text: 'theirs' } } as const;
  await bench.helmRan(anOffer(theirs), 'killed');
  const base = await bench.base(anOffer());
  const offer = { ...anOffer({ type: 'upgrade', base, chart: TWO }), ...change };
  const spoke = bench.spoke();
  spoke.offer(offer);
  await bench.time.waitBegins(5000);
  return { bench, spoke, offer };
}

describe('a plan that waits before its claim', () => {
  it('says for what, and since when', async () => {
    const { spoke } = await locked();
    expect(await spoke.told.next()).toEqual({
      t: 'waiting',
      p: { planId: 'plan-1', message: LOCKED, since: NOW },
    });
  });

  it('says it once, and again after a minute: since the same instant', async () => {
    const { bench, spoke } = await locked();
    await spoke.waiting();
    for (let waited = 0; waited < 60; waited += 5) {
      bench.time.advance(5000);
      await bench.time.waitBegins(5000);
    }
    expect(await spoke.told.next()).toEqual({
      t: 'waiting',
      p: { planId: 'plan-1', message: LOCKED, since: NOW },
    });
    bench.time.advance(60_000);
    await spoke.verdict('plan-1');
  });

  it.each([
    {
      name: 'its offer expires',
      change: {},
      reason: 'expired',
      message: `the offer was valid until 2026-03-02T12:02:00.000Z; it waited in vain: ${LOCKED}`,
    },
    {
      name: 'its window shuts',
      change: { windowEnd: '2026-03-02T12:01:00.000Z' },
      reason: 'window_closed',
      message: `the windows that allow the plan shut at 2026-03-02T12:01:00.000Z; it waited in vain: ${LOCKED}`,
    },
  ])('for somebody who never goes away names them when $name', async (row) => {
    const { bench, spoke } = await locked(row.change);
    bench.time.advance(120_000);
    const { reason, message } = row;
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'declined', reason, message });
  });

  it('for a cluster that does not answer says so', async () => {
    const bench = new ExecutionBench();
    const { kube } = failingKube(bench.kube, 'lost', (count) => count === 1);
    const spoke = bench.spoke({ kube });
    spoke.offer(anOffer());
    expect((await spoke.waiting()).message).toContain('an outage has to end first: ');
    await bench.time.waitBegins(750);
    bench.time.advance(750);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });

  it('for a chart that takes long says so, and nothing of one that is there at once', async () => {
    const bench = new ExecutionBench();
    let arrive: () => void = () => undefined;
    bench.beforeFetch = (count) =>
      count > 1 ? Promise.resolve() : new Promise((resolve) => (arrive = resolve));
    const spoke = bench.spoke();
    spoke.offer(anOffer());
    await bench.time.waitBegins(10_000);
    await bench.quiet();
    bench.time.advance(10_000);
    expect(await spoke.waiting()).toMatchObject({
      message: 'chart web 1.0.0 is being fetched from the hub',
      since: '2026-03-02T12:00:10.000Z',
    });
    arrive();
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });

  it('for its turn says so', async () => {
    const bench = new ExecutionBench();
    let arrive: () => void = () => undefined;
    bench.beforeFetch = (count) =>
      count > 1 ? Promise.resolve() : new Promise((resolve) => (arrive = resolve));
    const spoke = bench.spoke({ maxParallel: 1 });
    spoke.offer(anOffer());
    spoke.offer(anOffer({ planId: 'plan-2', release: 'other' }));
    await bench.quiet();
    bench.time.advance(10_000);
    const told = [await spoke.waiting(), await spoke.waiting()];
    expect(told.find(({ planId }) => planId === 'plan-2')?.message).toBe(
      'this spoke is at work on as many releases as it may be at a time; the plan has its turn by itself',
    );
    arrive();
    await spoke.verdict('plan-2');
  });
});
