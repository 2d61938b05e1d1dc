import { describe, expect, it } from '@jest/globals';
import { err } from '@apollo-deploy/kernel';
import { type KubeApi } from '@apollo-deploy/kube';
import { DEAD_HOLDER, ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const STRANGERS = { planId: 'strangers', values: { text: 'theirs' } };

async function withRelease() {
  const bench = new ExecutionBench();
  const base = await bench.installed(anOffer({ planId: 'plan-0' }));
  const upgrade = anOffer({ type: 'upgrade', base, chart: { name: 'web', version: '2.0.0' } });
  return { bench, base, upgrade };
}

/** A first installation that was cut off, and the next one, claimed by a process that died. */
async function withClaimedRetry() {
  const bench = new ExecutionBench();
  const first = anOffer();
  await bench.claimed(first);
  await bench.helmRan(first, 'killed');
  expect(await bench.spoke().carryOut(first)).toMatchObject({ outcome: 'broken' });
  const retry = anOffer({ planId: 'plan-2', base: await bench.base(first) });
  await bench.claimed(retry);
  return { bench, retry };
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

  it('waits for one who runs the same upgrade by hand, and so inherits its label', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await bench.helmRan(upgrade, 'normal');
    await bench.helmRan(upgrade, 'killed');
    bench.spoke().offer(upgrade);
    await bench.quiet();
    expect(await bench.history(upgrade)).toEqual([
      '1 superseded by plan-0',
      '2 deployed by plan-1',
      '3 pending-upgrade by plan-1',
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

describe('a removal by hand, where the spoke that had claimed one died', () => {
  it.each([
    { name: 'before it had entered its helm', holder: DEAD_HOLDER },
    {
      name: 'whose helm had written nothing',
      holder: { ...DEAD_HOLDER, helm: { pid: 300, startedAt: '3000' } },
    },
  ])('is waited for: $name', async ({ holder }) => {
    const { bench, base } = await withRelease();
    const uninstall = anOffer({ type: 'uninstall', base });
    await bench.claimed(uninstall, { holder });
    await bench.helmRan(anOffer({ ...STRANGERS, type: 'uninstall' }), 'killed');
    bench.spoke().offer(uninstall);
    await bench.time.waitBegins(5000);
    expect(bench.helm.commands).toEqual([]);
    expect(await bench.history(uninstall)).toEqual(['1 uninstalling by plan-0']);
  });

  it('is waited for by an installation that had what never worked to remove first', async () => {
    const { bench, retry } = await withClaimedRetry();
    await bench.helmRan(anOffer({ ...STRANGERS, type: 'uninstall' }), 'killed');
    bench.spoke().offer(retry);
    await bench.time.waitBegins(5000);
    expect(await bench.history(retry)).toEqual(['1 uninstalling by plan-1']);
  });

  it('is no failure of a helm of ours that died before it had written anything', async () => {
    const { bench, base } = await withRelease();
    const uninstall = anOffer({ type: 'uninstall', base });
    bench.helm.interfereOnce(async () => {
      await bench.helmRan(anOffer({ ...STRANGERS, type: 'uninstall' }), 'killed');
      bench.helm.nextRun('killed_early');
    });
    expect(await bench.spoke().carryOut(uninstall)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('was changed by somebody else'),
    });
    expect(await bench.history(uninstall)).toEqual(['1 uninstalling by plan-0']);
  });
});

describe('an installation that died while it removed the failed one before it', () => {
  it('goes on', async () => {
    const { bench, retry } = await withClaimedRetry();
    await bench.helmRan(anOffer({ planId: 'plan-2', type: 'uninstall' }), 'killed');
    expect(await bench.history(retry)).toEqual(['1 uninstalling by plan-1']);
    expect(await bench.spoke().carryOut(retry)).toMatchObject({ verdict: 'succeeded' });
    expect(await bench.history(retry)).toEqual(['1 deployed by plan-2']);
  });
});

describe('a removal that was cut off', () => {
  it('is gone through with by the next installation, which begins from nothing', async () => {
    const { bench, base } = await withRelease();
    const uninstall = anOffer({ type: 'uninstall', base });
    bench.helm.nextRun('killed');
    expect(await bench.spoke().carryOut(uninstall)).toMatchObject({ outcome: 'broken' });
    bench.helm.commands.length = 0;
    const install = anOffer({ planId: 'plan-2', base: await bench.base(uninstall) });
    expect(await bench.spoke().carryOut(install)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands.map(({ verb }) => verb)).toEqual(['uninstall', 'install']);
    expect(await bench.history(install)).toEqual(['1 deployed by plan-2']);
  });

  it.each([
    { name: 'with its history', pruned: false, revisions: ['1 superseded by plan-0'] },
    { name: 'with a part of its history', pruned: true, revisions: [] },
  ])('of a later revision is upgraded over $name', async ({ pruned, revisions }) => {
    const { bench, base, upgrade } = await withRelease();
    await bench.helmRan(upgrade, 'normal');
    const uninstall = anOffer({ type: 'uninstall', base: await bench.base(upgrade) });
    bench.helm.nextRun('killed');
    const removal = await bench.spoke().carryOut({ ...uninstall, planId: 'plan-2' });
    expect(removal).toMatchObject({ outcome: 'broken' });
    if (pruned) await bench.pruneRelease(base.revision);
    bench.helm.commands.length = 0;
    const again = anOffer({
      ...{ planId: 'plan-3', type: 'config_update', base: await bench.base(upgrade) },
      ...(upgrade.content.chart !== null && { chart: upgrade.content.chart }),
    });
    expect(await bench.spoke().carryOut(again)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands.map(({ verb }) => verb)).toEqual(['upgrade']);
    expect(await bench.history(again)).toEqual([
      ...revisions,
      '2 failed by plan-1',
      '3 deployed by plan-3',
    ]);
  });
});

describe('an installation over what a removal has left, of whose history a part is gone', () => {
  it('is refused, and not in doubt, where its spoke died before Helm began', async () => {
    const { bench, base, upgrade } = await withRelease();
    await bench.helmRan(upgrade, 'normal');
    const uninstall = anOffer({ type: 'uninstall', base: await bench.base(upgrade) });
    bench.helm.nextRun('killed');
    await bench.spoke().carryOut({ ...uninstall, planId: 'plan-2' });
    await bench.pruneRelease(base.revision);
    const install = anOffer({ planId: 'plan-3', base: await bench.base(upgrade) });
    const baseVersion = (await bench.head(upgrade))?.resourceVersion ?? '';
    await bench.claimed(install, { baseVersion });
    expect(await bench.spoke().carryOut(install)).toMatchObject({
      ...{ outcome: 'refused', reason: 'release/exists' },
    });
  });
});

describe('a plan that is refused after its spoke died', () => {
  it('is unknown where its helm had run and the head cannot be read', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await bench.helmRan(upgrade, 'normal');
    await bench.breakRelease(2);
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      verdict: 'unknown',
      message: expect.stringContaining('an earlier process may have begun it'),
    });
  });

  it('is refused where its helm had not run, though the head cannot be read', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade);
    await bench.breakRelease();
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      ...{ outcome: 'refused', reason: 'release/unreadable' },
    });
  });

  it.each([
    { name: 'had begun an installation', begun: true, expected: { verdict: 'unknown' } },
    { name: 'had not begun', begun: false, expected: { reason: 'NamespaceRefused' } },
  ])('tells whether its helm $name, where there is no namespace', async ({ begun, expected }) => {
    const bench = new ExecutionBench();
    const install = anOffer();
    await bench.claimed(install);
    if (begun) await bench.helmRan(install, 'killed');
    const kube = withoutNamespaces(bench.kube);
    expect(await bench.spoke({ kube }).carryOut(install)).toMatchObject(expected);
    expect(await bench.history(install)).toEqual(begun ? ['1 pending-install by plan-1'] : []);
  });
});

/** The cluster, as it shows itself while a namespace is taken away. */
function withoutNamespaces(kube: KubeApi): KubeApi {
  const refused = (code: 'kube/not_found' | 'kube/forbidden') =>
    Promise.resolve(
      err({
        code,
        status: 403,
        reason: '',
        message: 'namespace shop is being removed',
        causes: [],
      }),
    );
  return new Proxy(kube, {
    get: (target, key) => {
      if (key === 'get') {
        const get: KubeApi['get'] = (ref) =>
          ref.kind === 'Namespace' ? refused('kube/not_found') : target.get(ref);
        return get;
      }
      if (key === 'apply') {
        const apply: KubeApi['apply'] = (object, options) =>
          object.kind === 'Namespace' ? refused('kube/forbidden') : target.apply(object, options);
        return apply;
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
