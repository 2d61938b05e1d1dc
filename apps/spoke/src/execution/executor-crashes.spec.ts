import { describe, expect, it } from '@jest/globals';
import type { PlanOffer } from '@apollo-deploy/protocol';
import { DEAD_HOLDER, ExecutionBench } from '../testing/execution-bench.js';
import { failingKube, type KubeFault } from '../testing/failing-kube.js';
import { anOffer } from '../testing/plan-offers.js';

const INSTALL = anOffer();
/** Some forty lives of a spoke a test; a busy machine needs its time for them. */
const LONG_MS = 60_000;
const WEB = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
const HOOKS = { name: 'web', version: '2.0.0', hookEvents: ['pre-upgrade'], render: () => [] };

async function withRelease() {
  const bench = new ExecutionBench();
  const base = await bench.installed(anOffer({ planId: 'plan-0' }));
  const upgrade = anOffer({ type: 'upgrade', base, chart: { name: 'web', version: '2.0.0' } });
  const uninstall = anOffer({ type: 'uninstall', base });
  return { bench, base, upgrade, uninstall };
}

describe('a spoke that finds a claim of a dead one', () => {
  it('begins again where Helm had not begun', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(upgrade)).toEqual([
      '1 superseded by plan-0',
      '2 deployed by plan-1',
    ]);
  });

  it('begins again long after the offer expired, since it was claimed in time', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    bench.time.advance(3_600_000);
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ verdict: 'succeeded' });
  });

  it('declines a plan that was cancelled before Helm began', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    const spoke = bench.spoke();
    spoke.executor.cancel({ planId: 'plan-1', reason: 'no' }, () => undefined);
    expect(await spoke.carryOut(upgrade)).toMatchObject({ reason: 'cancelled' });
    expect(bench.helm.commands).toEqual([]);
  });

  it('declines a plan whose base somebody else has moved since', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await bench.helmRan(anOffer({ type: 'upgrade', planId: 'x', values: { text: 'y' } }), 'normal');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ reason: 'base_moved' });
    expect(bench.helm.commands).toEqual([]);
  });

  it('calls a revision that was cut off broken, and free to be tried again, without hooks', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await bench.helmRan(upgrade, 'killed');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'broken', interrupted: true, reason: 'HelmInterrupted' },
    });
    expect(bench.helm.commands).toEqual([]);
    expect(await bench.history(upgrade)).toEqual(['1 deployed by plan-0', '2 failed by plan-1']);
  });

  it('calls a first installation that was cut off broken as well', async () => {
    const bench = new ExecutionBench();
    await bench.claimed(INSTALL);
    await bench.helmRan(INSTALL, 'killed');
    expect(await bench.spoke().carryOut(INSTALL)).toMatchObject({
      ...{ outcome: 'broken', interrupted: true },
    });
    const base = await bench.base(INSTALL);
    const retry = anOffer({ planId: 'plan-2', base });
    expect(await bench.spoke().carryOut(retry)).toMatchObject({ verdict: 'succeeded' });
  });

  it('installs where an earlier process has removed what never worked, and not more', async () => {
    const bench = new ExecutionBench();
    await bench.claimed(INSTALL);
    await bench.helmRan(INSTALL, 'killed');
    await bench.spoke().carryOut(INSTALL);
    const base = await bench.base(INSTALL);
    const retry = anOffer({ planId: 'plan-2', base });
    await bench.claimed(retry);
    await bench.helmRan(anOffer({ type: 'uninstall', planId: 'plan-2', base }), 'normal');
    expect(await bench.history(retry)).toEqual([]);
    expect(await bench.spoke().carryOut(retry)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(retry)).toEqual(['1 deployed by plan-2']);
  });

  it('calls it unknown where hooks may have run', async () => {
    const { bench, upgrade } = await withRelease();
    bench.addChart(HOOKS);
    await bench.claimed(upgrade);
    await bench.helmRan(upgrade, 'killed');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ verdict: 'unknown' });
    expect(bench.helm.commands).toEqual([]);
  });

  it.each([
    { name: 'without hooks', chart: null, expected: { verdict: 'failed', interrupted: true } },
    { name: 'with hooks', chart: HOOKS, expected: { verdict: 'unknown' } },
  ])('tells the same of a chart $name when one before it died after the repair', async (row) => {
    const { bench, upgrade } = await withRelease();
    if (row.chart !== null) bench.addChart(row.chart);
    await bench.claimed(upgrade);
    await bench.helmRan(upgrade, 'killed');
    let repaired = false;
    const doomed = failingKube(bench.kube, 'fatal', (_count, method, kind) => {
      if (method === 'replace' && kind === 'Secret') repaired = true;
      return repaired && method === 'replace' && kind === 'ConfigMap';
    });
    bench.spoke({ instance: 'doomed', kube: doomed.kube }).offer(upgrade);
    await doomed.failed;
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject(row.expected);
  });

  it('does not touch a pending revision while its helm is alive', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade, {
      holder: { ...DEAD_HOLDER, helm: { pid: 101, startedAt: '1001' } },
    });
    await bench.helmRan(upgrade, 'killed');
    bench.processes = [{ pid: 101, processGroup: 101, startedAt: '1001', argv: ['helm'] }];
    const spoke = bench.spoke();
    spoke.offer(upgrade);
    expect((await spoke.waiting()).message).toContain('helm (pid 101)');
    expect(await bench.history(upgrade)).toContain('2 pending-upgrade by plan-1');
  });

  it('goes on to the verdict where Helm was done', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await bench.helmRan(upgrade, 'normal');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands).toEqual([]);
  });

  it('finishes an uninstallation that was cut off', async () => {
    const { bench, uninstall } = await withRelease();
    await bench.claimed(uninstall, { objects: [] });
    await bench.helmRan(uninstall, 'killed');
    expect(await bench.spoke().carryOut(uninstall)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(uninstall)).toEqual([]);
  });

  it('knows an uninstallation that was done', async () => {
    const { bench, uninstall } = await withRelease();
    await bench.claimed(uninstall, { objects: [] });
    await bench.helmRan(uninstall, 'normal');
    expect(await bench.spoke().carryOut(uninstall)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands).toEqual([]);
  });

  it('does not run an offer that changed since it was claimed', async () => {
    const { bench, base, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    const spoke = bench.spoke();
    spoke.offer(anOffer({ type: 'upgrade', base, values: { text: 'other' } }));
    expect((await spoke.waiting()).message).toContain('claimed with other content');
    expect(bench.helm.commands).toEqual([]);
  });
});

describe('a rollback by Helm 3 that was cut off', () => {
  it('is broken as well where its target has left the history with it', async () => {
    const bench = new ExecutionBench();
    const first = anOffer({ planId: 'plan-0' });
    await bench.installed(first);
    const second = anOffer({ planId: 'plan-x', type: 'upgrade', values: { text: 'bad' } });
    await bench.helmRan(second, 'normal');
    const base = await bench.base(second);
    const rollback = anOffer({ type: 'rollback', base, takenBackTo: first });
    await bench.claimed(rollback, { backTo: 1 });
    await bench.helmRan(rollback, 'killed', 1);
    await bench.asHelm3(3, 1);
    await bench.pruneRelease(1);
    expect(await bench.spoke().carryOut(rollback)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'broken', interrupted: true },
    });
  });
});

describe('a claim of another plan that nobody offers any more', () => {
  it.each([
    {
      name: 'Helm had not begun',
      left: () => Promise.resolve(),
      expected: { verdict: 'declined', reason: 'interrupted' },
      then: { verdict: 'succeeded' },
    },
    {
      name: 'Helm was done',
      left: (bench: ExecutionBench, offer: PlanOffer) => bench.helmRan(offer, 'normal'),
      expected: { verdict: 'succeeded' },
      then: { reason: 'base_moved' },
    },
    {
      name: 'Helm was cut off',
      left: (bench: ExecutionBench, offer: PlanOffer) => bench.helmRan(offer, 'killed'),
      expected: { verdict: 'unknown' },
      then: { reason: 'base_moved' },
    },
  ])('is ended first, by what is there: $name', async ({ left, expected, then }) => {
    const { bench, base, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await left(bench, upgrade);
    const next = anOffer({ type: 'config_update', planId: 'plan-2', base, values: { text: 'b' } });
    const spoke = bench.spoke();
    spoke.offer(next);
    expect(await spoke.verdict('plan-1')).toMatchObject(expected);
    expect(await spoke.verdict('plan-2')).toMatchObject(then);
  });
});

describe('a claimed uninstallation that nobody offers any more', () => {
  const install = anOffer({ planId: 'plan-2' });

  it('has succeeded where the release is gone, and its objects with it', async () => {
    const { bench, uninstall } = await withRelease();
    await bench.claimed(uninstall, { objects: [WEB] });
    await bench.helmRan(uninstall, 'normal');
    const spoke = bench.spoke();
    spoke.offer(install);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ verdict: 'succeeded', evidence: { removed: 1 } },
      message: expect.stringContaining('web in shop is uninstalled and its object is gone'),
    });
    expect(await spoke.verdict('plan-2')).toMatchObject({ verdict: 'succeeded' });
  });

  it('has succeeded where it took the definition of a kind along, and so all objects of it', async () => {
    const { bench, uninstall } = await withRelease();
    const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g', namespace: 'shop' };
    await bench.claimed(uninstall, { objects: [gadget] });
    await bench.helmRan(uninstall, 'normal');
    const spoke = bench.spoke();
    spoke.offer(install);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'succeeded' });
  });

  it('is unhealthy where an object outlives its time', async () => {
    const { bench, uninstall } = await withRelease();
    await bench.claimed(uninstall, {
      ...{ objects: [{ ...WEB, name: 'stays' }], verifyingSince: '2026-03-02T11:00:00.000Z' },
    });
    await bench.helmRan(uninstall, 'normal');
    const left = { ...WEB, metadata: { namespace: 'shop', name: 'stays' } };
    await bench.kube.create(left);
    const spoke = bench.spoke();
    spoke.offer(install);
    expect(await spoke.verdict('plan-1')).toMatchObject({
      ...{ outcome: 'unhealthy', reason: 'StillTerminating' },
    });
  });

  it('has done nothing where the release is untouched', async () => {
    const { bench, base, uninstall } = await withRelease();
    await bench.claimed(uninstall, { objects: [WEB] });
    const spoke = bench.spoke();
    spoke.offer(anOffer({ type: 'upgrade', planId: 'plan-2', base }));
    expect(await spoke.verdict('plan-1')).toMatchObject({ reason: 'interrupted' });
  });

  it('is unknown where Helm was cut off, and the next one goes through with it', async () => {
    const { bench, base, uninstall } = await withRelease();
    await bench.claimed(uninstall, { objects: [WEB] });
    await bench.helmRan(uninstall, 'killed');
    const spoke = bench.spoke();
    spoke.offer(anOffer({ type: 'uninstall', planId: 'plan-2', base }));
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'unknown' });
    expect(await spoke.verdict('plan-2')).toMatchObject({ verdict: 'succeeded' });
  });

  it('is unknown where somebody has installed another release since', async () => {
    const { bench, uninstall } = await withRelease();
    await bench.claimed(uninstall, { objects: [WEB] });
    await bench.helmRan(uninstall, 'normal');
    await bench.helmRan(anOffer({ planId: 'x' }), 'normal');
    const spoke = bench.spoke();
    spoke.offer(install);
    expect(await spoke.verdict('plan-1')).toMatchObject({ verdict: 'unknown' });
  });
});

describe('the effect without the claim', () => {
  it('is recognised when the ledger was lost after Helm was done', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.helmRan(upgrade, 'normal');
    bench.time.advance(3_600_000);
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands).toEqual([]);
  });

  it('is not tampered with while somebody may be at work on it', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.helmRan(upgrade, 'killed');
    const spoke = bench.spoke();
    spoke.offer(upgrade);
    await bench.time.waitBegins(5000);
    expect(await bench.history(upgrade)).toContain('2 pending-upgrade by plan-1');
    expect((await bench.ledger.read(upgrade.content)).claim).toBeNull();
  });
});

describe('whichever request of a plan goes wrong', () => {
  const plans = {
    install: async () => ({ bench: new ExecutionBench(), offer: INSTALL }),
    'install over kept history': async () => {
      const { bench } = await withRelease();
      await bench.keepHistoryOnly();
      return { bench, offer: INSTALL };
    },
    upgrade: async () => {
      const { bench, upgrade } = await withRelease();
      return { bench, offer: upgrade };
    },
    uninstall: async () => {
      const { bench, uninstall } = await withRelease();
      return { bench, offer: uninstall };
    },
  };
  const faults: readonly KubeFault[] = ['lost', 'unanswered', 'fatal'];
  const rows = (Object.keys(plans) as (keyof typeof plans)[]).flatMap((plan) =>
    faults.map((fault) => ({ plan, fault })),
  );

  it.each(rows)(
    'the $plan happens once and is told true: $fault',
    async ({ plan, fault }) => {
      let tried = 0;
      for (let more = true; more; tried += 1) {
        const { bench, offer } = await plans[plan]();
        const failing = failingKube(bench.kube, fault, (count) => count > tried);
        let spoke = bench.spoke({ instance: 'unlucky', kube: failing.kube });
        spoke.offer(offer);
        if (fault === 'fatal') {
          await bench.quiet();
          spoke = bench.spoke({ instance: 'heir' });
          spoke.offer(offer);
        }
        const verdict = await bench.whileTimePasses(spoke.verdict('plan-1'));
        expect({ tried, ...verdict }).toMatchObject({ tried, verdict: 'succeeded' });
        const effects = bench.helm.commands.filter(({ verb }) => verb === offer.content.type);
        expect(effects.map(({ planId }) => planId)).toEqual(['plan-1']);
        more = failing.hasFailed();
      }
      expect(tried).toBeGreaterThan(10);
    },
    LONG_MS,
  );
});

describe('a helm that is killed while its spoke lives', () => {
  it('has touched nothing where it had written nothing: the plan may be tried again', async () => {
    const { bench, upgrade } = await withRelease();
    bench.helm.nextRun('killed_early');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      ...{ verdict: 'declined', reason: 'interrupted' },
      evidence: { commands: [{ signal: 'SIGKILL' }] },
    });
    expect(await bench.history(upgrade)).toEqual(['1 deployed by plan-0']);
  });

  it('leaves a failure that is free to be tried again where it had begun', async () => {
    const { bench, upgrade } = await withRelease();
    bench.helm.nextRun('killed');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'broken', reason: 'HelmInterrupted', interrupted: true },
    });
  });

  it('is not to blame for a cluster that it could not reach', async () => {
    const { bench, upgrade } = await withRelease();
    bench.helm.nextRun('unreachable');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'broken', reason: 'HelmFailed', interrupted: false },
    });
  });
});
