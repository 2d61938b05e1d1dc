import { manifestDocuments, type KubeApi } from '@apollo-deploy/kube';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionBench } from '../testing/execution-bench.js';
import { anOffer } from '../testing/plan-offers.js';

const GADGETS = {
  ...{ apiVersion: 'example.com/v1', kind: 'Gadget', plural: 'gadgets', namespaced: true },
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
};
const GADGET = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' } };

// The YAML reader is loaded at its first use, which takes real time.
beforeAll(async () => {
  await manifestDocuments('');
});

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
        ...{ verdict: 'failed', outcome: 'refused', reason: 'release/kind_not_served' },
        message: expect.stringMatching(
          /holds Gadget g \(example\.com\/v1\), .*install the definition of that kind again, or .*kubectl delete secret --namespace shop --selector owner=helm,name=web/,
        ),
        evidence: { unserved: ['Gadget g (example.com/v1)'] },
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
