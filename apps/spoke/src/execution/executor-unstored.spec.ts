import { KubeUnavailable } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const INSTALL = anOffer();

describe('a plan whose ledger is never stored', () => {
  it('tries again at once a few times, then ever more slowly, and says so', async () => {
    const bench = new ExecutionBench();
    let writes = 0;
    const repair = bench.kube.intercept(({ verb, ref }) => {
      if (verb !== 'create' || ref.kind !== 'ConfigMap') return undefined;
      writes += 1;
      if (writes > 100) throw new KubeUnavailable('it spins', { cause: null });
      const message = 'namespaces "apollo-system" not found';
      return { code: 'kube/not_found', status: 404, reason: 'NotFound', message, causes: [] };
    });
    const spoke = bench.spoke();
    spoke.offer(INSTALL);
    expect((await spoke.waiting()).message).toContain('its ledger cannot be written');
    const first = writes;
    bench.time.advance(1000);
    await bench.quiet();
    // Two a try: before and after the namespace was seen to.
    expect([first, writes]).toEqual([8, 10]);
    expect(bench.logged.join('')).toContain('a plan does not get on');
    repair();
    bench.time.advance(60_000);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });
});
