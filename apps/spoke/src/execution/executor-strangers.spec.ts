import { beforeAll, describe, expect, it } from '@jest/globals';
import { manifestDocuments } from '@apollo-deploy/kube';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const STRANGERS = { planId: 'strangers', values: { text: 'theirs' } };

// The YAML reader is loaded at its first use, which takes real time.
beforeAll(async () => {
  await manifestDocuments('');
});

async function withRelease() {
  const bench = new ExecutionBench();
  const base = await bench.installed(anOffer({ planId: 'plan-0' }));
  const upgrade = anOffer({ type: 'upgrade', base, chart: { name: 'web', version: '2.0.0' } });
  return { bench, base, upgrade };
}

describe('a plan whose spoke died, while somebody else works on the release', () => {
  it('waits for a helm that may live, though its own holder is dead', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await bench.helmRan(anOffer({ ...STRANGERS, type: 'upgrade' }), 'killed');
    const spoke = bench.spoke();
    spoke.offer(upgrade);
    await bench.time.waitBegins(5000);
    expect(await bench.history(upgrade)).toEqual([
      '1 deployed by plan-0',
      '2 pending-upgrade by strangers',
    ]);
    expect(await bench.verdicts(upgrade)).toHaveLength(1);
  });

  it('is unknown where what its helm did was replaced', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await bench.helmRan(upgrade, 'killed');
    await bench.helmRan(anOffer({ ...STRANGERS, type: 'uninstall' }), 'normal');
    await bench.helmRan(anOffer(STRANGERS), 'normal');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('an earlier process may have begun it'),
    });
    expect(await bench.history(upgrade)).toEqual(['1 deployed by strangers']);
  });

  it('leaves a lock alone that an earlier plan had only met', async () => {
    const { bench, upgrade } = await withRelease();
    const theirs = anOffer({ ...STRANGERS, type: 'upgrade' });
    await bench.helmRan(theirs, 'killed');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ reason: 'base_moved' });
    const next = anOffer({ planId: 'plan-2', type: 'upgrade', base: await bench.base(theirs) });
    bench.spoke().offer(next);
    await bench.time.waitBegins(5000);
    expect(await bench.history(upgrade)).toContain('2 pending-upgrade by strangers');
  });
});

describe('an installation that died while it removed the failed one before it', () => {
  it('goes on', async () => {
    const bench = new ExecutionBench();
    const first = anOffer();
    await bench.claimed(first);
    await bench.helmRan(first, 'killed');
    expect(await bench.spoke().carryOut(first)).toMatchObject({ outcome: 'broken' });
    const retry = anOffer({ planId: 'plan-2', base: await bench.base(first) });
    await bench.claimed(retry);
    await bench.helmRan(anOffer({ planId: 'plan-2', type: 'uninstall' }), 'killed');
    expect(await bench.history(retry)).toEqual(['1 uninstalling by plan-1']);
    expect(await bench.spoke().carryOut(retry)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(retry)).toEqual(['1 deployed by plan-2']);
  });
});
