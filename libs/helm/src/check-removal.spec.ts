import { ok } from '@apollo-deploy/kernel';
import type { KubeApi, KubeObject } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import { checkRemoval } from './check-removal.js';

const GADGET = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' } };
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } };
const KEPT = {
  ...GADGET,
  metadata: { name: 'g', annotations: { 'helm.sh/resource-policy': 'keep' } },
};
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } };

/** A cluster whose account may delete all but these, by resource and name. */
function kubeWithout(...forbidden: string[]): KubeApi {
  const create = (object: KubeObject) => {
    const { resourceAttributes } = object['spec'] as {
      resourceAttributes: { verb: string; resource: string; name: string; namespace?: string };
    };
    const { verb, namespace = '-', resource, name } = resourceAttributes;
    const allowed = !forbidden.includes(`${verb} ${namespace} ${resource}/${name}`);
    return Promise.resolve(ok({ ...object, status: { allowed } }));
  };
  return Object.assign(Object.create(new InMemoryKubeApi()) as KubeApi, { create });
}

const check = (kube: KubeApi, ...objects: object[]) =>
  checkRemoval(kube, {
    ...{ name: 'web', namespace: 'shop', secretName: 'sh.helm.release.v1.web.v3' },
    manifest: objects.map((object) => `---\n${JSON.stringify(object)}\n`).join(''),
  });

describe('what would stop an uninstallation half-way', () => {
  it.each([
    { name: 'nothing where all may be deleted', objects: [CONFIG, NODE], expected: [] },
    {
      name: 'a kind that is served no longer',
      objects: [CONFIG, GADGET],
      expected: ['kube/unknown_kind Gadget g'],
    },
    { name: 'no object that Helm leaves in place', objects: [KEPT], expected: [] },
    {
      name: 'a right that the account lacks',
      forbidden: ['delete shop configmaps/web'],
      objects: [CONFIG, NODE],
      expected: ['kube/forbidden ConfigMap web'],
    },
    {
      name: 'a right over the whole cluster',
      forbidden: ['delete - nodes/n'],
      objects: [CONFIG, NODE],
      expected: ['kube/forbidden Node n'],
    },
    {
      name: 'the right to delete the release’s own record',
      forbidden: ['delete shop secrets/sh.helm.release.v1.web.v3'],
      objects: [],
      expected: ['kube/forbidden Secret sh.helm.release.v1.web.v3'],
    },
  ])('is $name', async ({ forbidden = [], objects, expected }) => {
    const found = await check(kubeWithout(...forbidden), ...objects);
    expect(found.map(({ code, ref }) => `${code} ${ref.kind} ${ref.name}`)).toEqual(expected);
  });

  it('is told with what to do about it', async () => {
    const [kind] = await check(kubeWithout(), GADGET);
    expect(kind?.message).toBe(
      "release web holds Gadget g, and the cluster serves no Gadget of example.com/v1 any more; Helm stops at it: serve the kind again, or replace the apiVersion in the release's record",
    );
    const [right] = await check(kubeWithout('delete shop configmaps/web'), CONFIG);
    expect(right?.message).toBe(
      'the spoke may not delete ConfigMap shop/web; give its account the right to delete configmaps in shop',
    );
  });
});
