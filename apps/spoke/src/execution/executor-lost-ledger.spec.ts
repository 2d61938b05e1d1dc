import { describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

async function withRelease() {
  const bench = new ExecutionBench();
  const first = anOffer({ planId: 'plan-0' });
  const base = await bench.installed(first);
  return { bench, first, base, uninstall: anOffer({ type: 'uninstall', base }) };
}

async function deleteLedger({ kube }: ExecutionBench): Promise<void> {
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const listed = await kube.list(kind, { namespace: 'apollo-system' });
  if (!listed.ok) throw new Error(listed.error.message);
  for (const { metadata } of listed.value.items) {
    await kube.delete({ ...kind, namespace: 'apollo-system', name: metadata.name });
  }
}

describe('a ledger that is deleted while Helm runs', () => {
  it('leaves no uninstallation untouched that Helm went through with', async () => {
    const { bench, uninstall } = await withRelease();
    bench.helm.interfereOnce(() => deleteLedger(bench));
    expect(await bench.spoke().carryOut(uninstall)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('its ledger was lost, and Helm may have run'),
    });
    expect(bench.helm.commands).toHaveLength(1);
  });

  it('ends a rollback that was cut off as it would have ended with it', async () => {
    const { bench, first } = await withRelease();
    const second = anOffer({ planId: 'plan-x', type: 'upgrade', values: { text: 'bad' } });
    await bench.helmRan(second, 'normal');
    const base = await bench.base(second);
    const rollback = anOffer({ type: 'rollback', base, takenBackTo: first });
    bench.helm.interfereOnce(() => deleteLedger(bench));
    bench.helm.nextRun('killed');
    const verdict = await bench.spoke().carryOut(rollback);
    expect(verdict).toMatchObject({ verdict: 'failed', outcome: 'broken', interrupted: true });
    expect(await bench.verdicts(rollback)).toMatchObject([{ planId: 'plan-1', verdict }]);
    expect(bench.helm.commands).toHaveLength(1);
  });

  it('lets no later process promise that an uninstallation touched nothing', async () => {
    const { bench, uninstall } = await withRelease();
    await bench.helmRan(uninstall, 'normal');
    await deleteLedger(bench);
    expect(await bench.spoke().carryOut(uninstall)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('its ledger was lost, and Helm may have run'),
    });
  });

  it('is not what became of a release that was removed before: its ledger is there', async () => {
    const { bench, uninstall } = await withRelease();
    await bench.helmRan(anOffer({ planId: 'x', type: 'uninstall' }), 'normal');
    expect(await bench.spoke().carryOut(uninstall)).toMatchObject({ reason: 'base_moved' });
  });
});
