import { describe, expect, it } from '@jest/globals';
import type { ApiResources, KubeObject } from '@apollo-deploy/kube';
import { heldBy, parseClusterPolicy, type ClusterPolicy } from './cluster-policy.js';
import { policyBreaches } from './policy-breaches.js';

const SCOPES: Readonly<Record<string, boolean>> = {
  ...{ Deployment: true, ConfigMap: true, Pod: true, Namespace: false, ClusterRoleBinding: false },
};
const RESOURCES: ApiResources = {
  all: [],
  find: ({ apiVersion, kind }) => {
    const namespaced = SCOPES[kind];
    return namespaced === undefined
      ? undefined
      : { apiVersion, kind, namespaced, plural: kind, verbs: [] };
  },
};

function aDeployment(image: string, namespace?: string): KubeObject {
  const spec = { template: { spec: { initContainers: [], containers: [{ name: 'a', image }] } } };
  const metadata = { name: 'web', ...(namespace !== undefined && { namespace }) };
  return { ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata }, spec };
}

const BINDING = {
  ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' },
  metadata: { name: 'all' },
};
function aPod(spec: object): KubeObject {
  return { ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }, spec };
}

function aNamespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

const GADGET = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' } };
const WEB = aDeployment('registry.example.com:5000/web:1');

interface Situation {
  readonly name: string;
  readonly policy: ClusterPolicy;
  readonly object: KubeObject;
  readonly rules: readonly string[];
}

describe('the policy of a cluster', () => {
  it.each<Situation>([
    { name: 'with no rule', policy: {}, object: BINDING, rules: [] },
    { name: 'with the namespace', policy: { namespaces: ['shop'] }, object: WEB, rules: [] },
    {
      name: 'with another namespace',
      ...{ policy: { namespaces: ['bar'] }, object: WEB, rules: ['namespaces', 'namespaces'] },
    },
    {
      name: 'with the namespace of the release, and not of the object',
      policy: { namespaces: ['shop'] },
      ...{ object: aDeployment('web', 'kube-system'), rules: ['namespaces'] },
    },
    { name: 'with the kind', policy: { kinds: ['Deployment'] }, object: WEB, rules: [] },
    {
      name: 'with the kind and its group',
      policy: { kinds: ['apps/Deployment'] },
      object: WEB,
      rules: [],
    },
    {
      name: 'with a kind of another group',
      policy: { kinds: ['x/Deployment'] },
      object: WEB,
      rules: ['kinds'],
    },
    { name: 'with no kind', policy: { kinds: [] }, object: WEB, rules: ['kinds'] },
    {
      name: 'without kinds of the whole cluster',
      ...{ policy: { clusterScoped: 'forbidden' }, object: BINDING, rules: ['clusterScoped'] },
    },
    {
      name: 'without kinds of the whole cluster, and this one nobody knows',
      ...{ policy: { clusterScoped: 'forbidden' }, object: GADGET, rules: ['clusterScoped'] },
    },
    {
      name: 'without kinds of the whole cluster, and this one has a namespace',
      ...{ policy: { clusterScoped: 'forbidden' }, object: WEB, rules: [] },
    },
    {
      name: 'with the registry',
      ...{ policy: { registries: ['registry.example.com:5000'] }, object: WEB, rules: [] },
    },
    {
      name: 'with a registry that only begins the same',
      policy: { registries: ['registry.example.com'] },
      ...{ object: aDeployment('registry.example.com.evil.test/web'), rules: ['registries'] },
    },
    {
      name: 'with the registry that is meant where none is said',
      ...{ policy: { registries: ['docker.io'] }, object: aDeployment('library/web:1'), rules: [] },
    },
    {
      name: 'with the registry, and another one for a volume',
      policy: { registries: ['docker.io'] },
      object: aPod({ volumes: [{ name: 'v', image: { reference: 'evil.test/tools:1' } }] }),
      rules: ['registries'],
    },
    {
      name: 'with a registry that is written in capitals, and so is no folder of another',
      ...{ policy: { registries: ['docker.io'] }, object: aDeployment('EVIL/web:1') },
      rules: ['registries'],
    },
    {
      name: 'with the namespace, and not that of a kind which nobody knows yet',
      policy: { namespaces: ['shop'] },
      object: { ...GADGET, metadata: { name: 'g', namespace: 'kube-system' } },
      rules: ['namespaces'],
    },
    {
      name: 'with the namespace, and the object is another one itself',
      ...{ policy: { namespaces: ['shop'] }, object: aNamespace('bar'), rules: ['namespaces'] },
    },
    {
      name: 'with the namespace, which the object is',
      ...{ policy: { namespaces: ['shop'] }, object: aNamespace('shop'), rules: [] },
    },
    {
      name: 'with less than it takes',
      ...{ policy: { maxManifestBytes: 10 }, object: WEB, rules: ['maxManifestBytes'] },
    },
  ])('$name: $rules', ({ policy, object, rules }) => {
    const found = policyBreaches(policy, [object], { namespace: 'shop', resources: RESOURCES });
    expect(found.map(({ rule }) => rule)).toEqual(rules);
  });

  const MORNINGS: ClusterPolicy = { windows: [{ days: ['mon'], from: '08:00', to: '09:00' }] };

  it.each([
    { policy: {}, at: '2026-01-05T08:00:00Z', held: false },
    { policy: { freeze: true }, at: '2026-01-05T08:00:00Z', held: true },
    { policy: { freeze: false }, at: '2026-01-05T08:00:00Z', held: false },
    { policy: MORNINGS, at: '2026-01-05T07:59:59.999Z', held: true },
    { policy: MORNINGS, at: '2026-01-05T08:00:00Z', held: false },
    { policy: MORNINGS, at: '2026-01-05T09:00:00Z', held: true },
    { policy: MORNINGS, at: '2026-01-06T08:30:00Z', held: true },
    { policy: { windows: [] }, at: '2026-01-05T08:00:00Z', held: true },
  ])('holds what begins at $at by $policy: $held', ({ policy, at, held }) => {
    expect(heldBy(policy, new Date(at)) !== null).toBe(held);
  });

  it.each([
    { text: '{}', ok: true },
    { text: '{"kinds":["Deployment"],"clusterScoped":"forbidden"}', ok: true },
    { text: '', ok: false },
    { text: '[]', ok: false },
    { text: '{"namespace":["shop"]}', ok: false },
    { text: '{"freeze":"yes"}', ok: false },
    { text: '{"windows":[{"days":["monday"],"from":"08:00","to":"09:00"}]}', ok: false },
    { text: '{"windows":[{"days":["mon"],"from":"8:00","to":"24:00"}]}', ok: false },
  ])('is read from $text: $ok', ({ text, ok }) => {
    expect(parseClusterPolicy(text).ok).toBe(ok);
  });
});
