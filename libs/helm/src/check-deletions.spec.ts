import { err, ok } from '@apollo-deploy/kernel';
import type { KubeApi, KubeRefusal } from '@apollo-deploy/kube';
import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import { checkDeletions } from './check-deletions.js';

const GADGET = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' } };
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } };
const KEPT = {
  ...GADGET,
  metadata: { name: 'g', annotations: { 'helm.sh/resource-policy': 'keep' } },
};
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } };
const NO_RIGHT: KubeRefusal = {
  ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden', causes: [] },
  message:
    'configmaps "web" is forbidden: User "deployer" cannot delete resource "configmaps" in API group "" in the namespace "shop"',
};
const NOT_ADMITTED: KubeRefusal = {
  ...{ code: 'kube/invalid', status: 422, reason: 'Invalid', causes: [] },
  message: 'nodes "n" is forbidden: ValidatingAdmissionPolicy \'keep\' denied request: it stays',
};
const UNKNOWN: KubeRefusal = { ...NO_RIGHT, code: 'kube/unknown_kind', status: 404 };
const GONE: KubeRefusal = { ...NO_RIGHT, code: 'kube/not_found', status: 404, message: 'gone' };

/** A cluster that answers dry runs of deletions so, by kind, and takes no others. */
function kubeThatSays(answers: Readonly<Record<string, KubeRefusal>>): KubeApi {
  const remove: KubeApi['delete'] = ({ kind }, options) => {
    if (options?.dryRun !== true) throw new Error('this would delete something');
    const refusal = answers[kind];
    return Promise.resolve(refusal === undefined ? ok(undefined) : err(refusal));
  };
  return Object.assign(Object.create(new InMemoryKubeApi()) as KubeApi, { delete: remove });
}

const check = (answers: Readonly<Record<string, KubeRefusal>>, ...objects: object[]) =>
  checkDeletions(
    kubeThatSays(answers),
    objects.map((object) => ({ object: object as typeof CONFIG, yaml: null })),
    { release: 'web', namespace: 'shop' },
  );

describe('what would stop Helm from deleting', () => {
  it.each<{
    name: string;
    objects: object[];
    answers?: Record<string, KubeRefusal>;
    expected: string[];
  }>([
    { name: 'nothing where all may be deleted', objects: [CONFIG, NODE], expected: [] },
    { name: 'nothing that is gone', objects: [NODE], answers: { Node: GONE }, expected: [] },
    {
      name: 'a kind that is served no longer',
      objects: [CONFIG, GADGET],
      expected: ['kube/unknown_kind Gadget g'],
    },
    {
      name: 'a kind that was served when discovery was asked last',
      objects: [CONFIG, NODE],
      answers: { Node: UNKNOWN },
      expected: ['kube/unknown_kind Node n'],
    },
    { name: 'no object that Helm leaves in place', objects: [KEPT], expected: [] },
    {
      name: 'a right that the account lacks',
      objects: [CONFIG, NODE],
      answers: { ConfigMap: NO_RIGHT },
      expected: ['kube/forbidden ConfigMap web'],
    },
    {
      name: 'what admission says',
      objects: [CONFIG, NODE],
      answers: { Node: NOT_ADMITTED },
      expected: ['kube/invalid Node n'],
    },
  ])('is $name', async ({ objects, answers = {}, expected }) => {
    const found = await check(answers, ...objects);
    expect(found.map(({ code, ref }) => `${code} ${ref.kind} ${ref.name}`)).toEqual(expected);
  });

  it('is told the same of a kind, whether discovery or the server says that it has gone', async () => {
    const [known] = await check({ Node: UNKNOWN }, NODE);
    expect(known?.message).toContain(
      'release web holds Node n, and the cluster serves no Node of v1 any more; Helm stops at it',
    );
  });

  it('is told with what to do about it', async () => {
    const answers = { ConfigMap: NO_RIGHT, Node: NOT_ADMITTED };
    const found = await check(answers, GADGET, CONFIG, NODE);
    expect(found.map(({ message }) => message)).toEqual([
      "release web holds Gadget g, and the cluster serves no Gadget of example.com/v1 any more; Helm stops at it: install the definition of that kind again, or replace the apiVersion in the release's record, or remove the other objects of the release by hand and then its record: kubectl delete secret --namespace shop --selector owner=helm,name=web",
      `the cluster would not let the spoke delete ConfigMap shop/web: ${NO_RIGHT.message}; give the spoke's account the right to delete configmaps in shop`,
      `the cluster would not let the spoke delete Node n: ${NOT_ADMITTED.message}`,
    ]);
  });
});
