import { KubeUnavailable, type KubeApi } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { failingKube } from '../testing/failing-kube.js';
import { anOffer } from '../testing/plan-offers.js';

async function withRelease() {
  const bench = new ExecutionBench();
  const base = await bench.installed(anOffer({ planId: 'plan-0' }));
  const upgrade = anOffer({ type: 'upgrade', base, chart: { name: 'web', version: '2.0.0' } });
  return { bench, base, upgrade };
}

describe('offers that come a hundred times', () => {
  it('in any order, to a spoke and its successor: one effect and one verdict each', async () => {
    const { bench, base, upgrade } = await withRelease();
    const rival = anOffer({ type: 'config_update', planId: 'plan-2', base, values: { text: 'b' } });
    const first = bench.spoke();
    for (let copy = 0; copy < 100; copy += 1) first.offer(copy % 3 === 1 ? rival : upgrade);
    const verdicts = [await first.verdict('plan-1'), await first.verdict('plan-2')];
    const successor = bench.spoke({ instance: 'successor' });
    for (let copy = 0; copy < 100; copy += 1) successor.offer(copy % 3 === 0 ? upgrade : rival);

    expect(verdicts).toMatchObject([{ verdict: 'succeeded' }, { reason: 'base_moved' }]);
    expect([await successor.verdict('plan-1'), await successor.verdict('plan-2')]).toEqual(
      verdicts,
    );
    await bench.quiet();
    expect(first.acknowledged).toHaveLength(100);
    expect(successor.acknowledged).toHaveLength(100);
    expect(bench.helm.commands.map(({ planId }) => planId)).toEqual(['plan-1']);
    expect((await bench.verdicts(upgrade)).map(({ planId }) => planId)).toEqual([
      ...['plan-0', 'plan-1', 'plan-2'],
    ]);
  });
});

describe('a cancellation', () => {
  it('before whichever request of a plan: nothing was touched, or the plan was carried out', async () => {
    const ends: string[] = [];
    for (let at = 1, more = true; more; at += 1) {
      const { bench, upgrade } = await withRelease();
      more = false;
      const asked = failingKube(bench.kube, 'lost', (count) => {
        if (count !== at) return false;
        more = true;
        spoke.executor.cancel({ planId: 'plan-1', reason: 'no' }, () => undefined);
        return false;
      });
      const spoke = bench.spoke({ kube: asked.kube });
      spoke.offer(upgrade);
      const verdict = await bench.whileTimePasses(spoke.verdict('plan-1'));
      const end = verdict.verdict === 'declined' ? verdict.reason : verdict.verdict;
      expect({ at, end, history: await bench.history(upgrade) }).toEqual({
        ...{ at, end },
        history:
          end === 'cancelled'
            ? ['1 deployed by plan-0']
            : ['1 superseded by plan-0', '2 deployed by plan-1'],
      });
      ends.push(end);
    }
    expect(new Set(ends)).toEqual(new Set(['cancelled', 'succeeded']));
    // Once it is too late it stays too late.
    expect(ends.lastIndexOf('cancelled')).toBeLessThan(ends.indexOf('succeeded'));
  });
});

/** A way to the cluster that is away for as long as `away` says. */
function sometimes(kube: KubeApi, away: () => boolean): KubeApi {
  const { kube: watched } = failingKube(kube, 'unanswered', () => {
    if (away()) throw new KubeUnavailable('the cluster is away', { cause: null });
    return false;
  });
  return watched;
}

describe('a spoke whose cluster and hub are away for a day', () => {
  it.each([
    {
      name: 'finishes what it had claimed',
      away: (commands: number) => commands > 0,
      expected: { verdict: 'succeeded' },
    },
    {
      name: 'does not begin what it had not',
      away: () => true,
      expected: { verdict: 'declined', reason: 'expired' },
    },
  ])(
    '$name, however long it takes',
    async ({ away, expected }) => {
      const { bench, upgrade } = await withRelease();
      const back = bench.time.now().getTime() + 86_400_000;
      const isAway = () => bench.time.now().getTime() < back && away(bench.helm.commands.length);
      const spoke = bench.spoke({ kube: sometimes(bench.kube, isAway) });
      spoke.offer(upgrade);
      expect(await bench.whileTimePasses(spoke.verdict('plan-1'))).toMatchObject(expected);
      expect(bench.time.now().getTime()).toBeGreaterThanOrEqual(back);
      expect(await bench.history(upgrade)).toHaveLength(expected.verdict === 'succeeded' ? 2 : 1);
    },
    20_000,
  );
});
