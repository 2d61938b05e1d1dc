import { type KubeApi, type KubeRefusal } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const GADGETS = {
  ...{ apiVersion: 'example.com/v1', kind: 'Gadget', plural: 'gadgets', namespaced: true },
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
};
const GADGET = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' } };

const DENIED: KubeRefusal = {
  ...{ code: 'kube/invalid', status: 422, reason: 'Invalid', causes: [], message: 'it is frozen' },
};
const BY_HAND = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { version: 'by hand' } },
  metadata: { namespace: 'shop', name: 'web' },
};
const GADGET_REF = { apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g' };

describe('a plan for a release that holds an object of a kind the cluster serves no more', () => {
  const withoutGadgets = async () => {
    const bench = new ExecutionBench([GADGETS]);
    bench.addChart({ name: 'web', version: '2.0.0', render: () => [GADGET] });
    await bench.installed(anOffer({ planId: 'plan-0' }));
    const first = { planId: 'plan-00', type: 'upgrade', chart: { name: 'web', version: '2.0.0' } };
    const base = await bench.installed(
      anOffer({ ...first, type: 'upgrade', base: await bench.base(anOffer()) }),
    );
    const resources: KubeApi['resources'] = async () => {
      const all = await bench.kube.resources();
      const find: typeof all.find = (kind) => (kind.kind === 'Gadget' ? undefined : all.find(kind));
      return { all: all.all.filter(({ kind }) => kind !== 'Gadget'), find };
    };
    const kube = Object.assign(Object.create(bench.kube) as KubeApi, { resources });
    return { bench, base, kube };
  };

  it.each([{ type: 'uninstall' }, { type: 'rollback' }] as const)(
    'is refused, with the object, its kind and what to do: $type',
    async ({ type }) => {
      const { bench, base, kube } = await withoutGadgets();
      expect(await bench.spoke({ kube }).carryOut(anOffer({ type, base }))).toMatchObject({
        ...{ verdict: 'failed', outcome: 'refused', reason: 'kube/unknown_kind' },
        message: expect.stringMatching(
          /holds Gadget g, .*install the definition of that kind again, or .*kubectl delete secret --namespace shop --selector owner=helm,name=web/,
        ),
        evidence: { findings: [{ code: 'kube/unknown_kind', ref: GADGET_REF }] },
      });
      expect(bench.helm.commands).toEqual([]);
      expect((await bench.ledger.read(anOffer().content)).claim).toBeNull();
    },
  );

  it('goes on where the kind is served again', async () => {
    const { bench, base } = await withoutGadgets();
    const uninstall = anOffer({ type: 'uninstall', base });
    expect(await bench.spoke().carryOut(uninstall)).toMatchObject({ verdict: 'succeeded' });
  });
});

describe('a rollback', () => {
  const withUpgrade = async () => {
    const bench = new ExecutionBench();
    const first = anOffer({ planId: 'plan-0' });
    const base = await bench.installed(first);
    const chart = { name: 'web', version: '2.0.0' };
    const upgrade = anOffer({ planId: 'plan-1', type: 'upgrade', base, chart });
    const rollback = anOffer({
      ...{ planId: 'plan-2', type: 'rollback', base: await bench.installed(upgrade) },
    });
    return { bench, rollback };
  };

  it('is tried with what the revision recorded, not with what its chart would render now', async () => {
    const { bench, rollback } = await withUpgrade();
    bench.addChart({ name: 'web', version: '1.0.0', render: () => [GADGET] });
    expect(await bench.spoke().carryOut(rollback)).toMatchObject({ verdict: 'succeeded' });
    expect(bench.helm.commands).toMatchObject([{ verb: 'rollback', revision: 1 }]);
  });

  it('is refused, in words that name it, where the cluster says no to what was recorded', async () => {
    const { bench, rollback } = await withUpgrade();
    bench.kube.intercept(({ verb, ref }) =>
      verb === 'apply' && ref.kind === 'ConfigMap' && ref.name === 'web' ? DENIED : undefined,
    );
    expect(await bench.spoke().carryOut(rollback)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'kube/invalid' },
      message:
        'the cluster would refuse to take release web back to revision 1: ConfigMap shop/web: it is frozen',
    });
    expect(bench.helm.commands).toEqual([]);
  });
});

describe('what a chart takes back from others', () => {
  const withRelease = async () => {
    const bench = new ExecutionBench();
    const base = await bench.installed(anOffer({ planId: 'plan-0' }));
    const chart = { name: 'web', version: '2.0.0' };
    return { bench, upgrade: anOffer({ type: 'upgrade', base, chart }) };
  };

  it('is in the claim while Helm is at work', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.kube.apply(BY_HAND, { fieldManager: 'kubectl-edit', force: true });
    const claims: unknown[] = [];
    bench.helm.interfereOnce(async () => {
      claims.push((await bench.ledger.read(upgrade.content)).claim?.foreseen);
    });
    await bench.spoke().carryOut(upgrade);
    expect(claims).toEqual([{ overridden: [expect.stringContaining('version')] }]);
  });

  it('is refused, with the field and the cures, where the entity says so', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.kube.apply(BY_HAND, { fieldManager: 'kubectl-edit', force: true });
    const base = upgrade.content.base;
    const sketch = { type: 'upgrade', base, chart: { name: 'web', version: '2.0.0' } } as const;
    const sternly = anOffer({ ...sketch, fieldConflicts: 'refuse' });
    expect(await bench.spoke().carryOut(sternly)).toMatchObject({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'kube/field_conflict' },
      message: expect.stringMatching(
        /ConfigMap shop\/web: .*version.*; have the chart or its values say the same, give the field back, or let the entity override such fields/,
      ),
    });
    expect(bench.helm.commands).toEqual([]);
  });

  it('is left to others by Helm as well, should they come in between', async () => {
    const { bench, upgrade } = await withRelease();
    const base = upgrade.content.base;
    const sketch = { type: 'upgrade', base, chart: { name: 'web', version: '2.0.0' } } as const;
    await bench.spoke().carryOut(anOffer({ ...sketch, fieldConflicts: 'refuse' }));
    expect(bench.helm.commands).toMatchObject([{ verb: 'upgrade', forceConflicts: false }]);
  });

  it('is told by the spoke that goes on for one that died', async () => {
    const { bench, upgrade } = await withRelease();
    const foreseen = { overridden: ['the replicas of web'], noted: ['Helm has left a kind'] };
    await bench.claimed(upgrade, { foreseen });
    await bench.helmRan(upgrade, 'normal');
    expect(await bench.spoke().carryOut(upgrade)).toMatchObject({
      ...{ verdict: 'succeeded', evidence: foreseen },
      message: expect.stringMatching(
        /; the chart took back what others had set: the replicas of web; Helm has left a kind$/,
      ),
    });
  });

  it('is not told where nothing was touched in the end', async () => {
    const { bench, upgrade } = await withRelease();
    await bench.claimed(upgrade, { foreseen: { overridden: ['the replicas of web'] } });
    await bench.helmRan(anOffer({ type: 'upgrade', planId: 'x', values: { text: 'y' } }), 'normal');
    const verdict = await bench.spoke().carryOut(upgrade);
    expect(verdict).toMatchObject({ verdict: 'declined', reason: 'base_moved' });
    expect(verdict.message).not.toContain('took back');
  });
});
