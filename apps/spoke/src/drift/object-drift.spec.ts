import type { KubeObject } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import type { DriftRule } from './drift-rules.js';
import { expectedObject } from './expected-object.js';
import { objectDrift } from './object-drift.js';
import { parsePathPattern } from './path-pattern.js';

const REF = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

interface Given {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly manifest: object;
  readonly live: object;
  readonly managedFields?: readonly object[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly autoscaled?: boolean;
  readonly rules?: readonly DriftRule[];
}

function drift(given: Given) {
  const { apiVersion = 'apps/v1', kind = 'Deployment', managedFields = [], rules = [] } = given;
  const { annotations = {}, autoscaled = false } = given;
  const identity = { apiVersion, kind };
  const manifest: KubeObject = { ...identity, metadata: { name: 'web' }, ...given.manifest };
  const metadata = { ...manifest.metadata, annotations };
  const live: KubeObject = { metadata, ...given.live, ...identity };
  return objectDrift({
    ref: { ...REF, apiVersion, kind },
    expected: expectedObject({ ...manifest, metadata }, { autoscaled }),
    live: { ...live, metadata: { ...live.metadata, managedFields } },
    rules,
  });
}

const setBy = (manager: string, fieldsV1: object, subresource?: string) => ({
  ...{ manager, operation: 'Update', fieldsV1 },
  ...(subresource !== undefined && { subresource }),
});
const REPLICAS = { 'f:spec': { 'f:replicas': {} } };
const pod = (containers: readonly object[]) => ({ spec: { template: { spec: { containers } } } });
const web = (more: object) => pod([{ name: 'web', ...more }]);
const AT_WEB = 'spec.template.spec.containers[name=web]';

describe('the drift of an object', () => {
  it.each<Given & { readonly name: string }>([
    { name: 'nothing', manifest: { spec: { replicas: 2 } }, live: { spec: { replicas: 2 } } },
    {
      name: 'what the manifest does not speak of',
      manifest: { spec: { replicas: 2 } },
      live: { spec: { replicas: 2, paused: true }, status: { replicas: 1 } },
    },
    {
      name: 'a status in the manifest',
      ...{ manifest: { spec: {}, status: { replicas: 9 } }, live: { spec: {} } },
    },
    {
      name: 'what is as good as nothing',
      manifest: {
        spec: { hostNetwork: false, nodeSelector: {}, tolerations: [], x: null, y: { z: '' } },
      },
      live: { spec: {} },
    },
    {
      name: 'a quantity written otherwise',
      manifest: web({
        resources: { limits: { cpu: '1000m', memory: '1024Mi' }, requests: { cpu: 0.5 } },
      }),
      live: web({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } }),
    },
    {
      name: 'a mode written in octal, and a yes',
      ...{ manifest: { spec: { mode: 644, on: 'yes' } }, live: { spec: { mode: 420, on: true } } },
    },
    {
      name: 'a sidecar and its volume',
      manifest: web({ image: 'web:1', volumeMounts: [{ name: 'a', mountPath: '/a' }] }),
      live: pod([
        { name: 'mesh', image: 'mesh:1' },
        {
          ...{ name: 'web', image: 'web:1' },
          volumeMounts: [
            { name: 'mesh', mountPath: '/mesh' },
            { name: 'a', mountPath: '/a' },
          ],
        },
      ]),
    },
    {
      name: 'a protocol that was filled in',
      manifest: web({ ports: [{ containerPort: 53 }] }),
      live: web({ ports: [{ containerPort: 53, protocol: 'TCP' }] }),
    },
    {
      name: 'fields that were filled in within a list without keys',
      ...{ manifest: { spec: { volumeClaimTemplates: [{ spec: { size: 1 } }] } } },
      live: { spec: { volumeClaimTemplates: [{ spec: { size: 1, mode: 'x' }, status: {} }] } },
    },
    {
      name: 'what admission made of the request of Helm',
      ...{ manifest: { spec: { replicas: 2 } }, live: { spec: { replicas: 3 } } },
      managedFields: [setBy('helm', REPLICAS)],
    },
    {
      name: 'what the server left out of the request of Helm',
      ...{ manifest: { spec: { replicas: 2 } }, live: { spec: {} } },
      managedFields: [setBy('helm', REPLICAS)],
    },
    {
      name: 'the replicas that an autoscaler has set',
      ...{ manifest: { spec: { replicas: 2 } }, live: { spec: { replicas: 3 } } },
      managedFields: [
        setBy('helm', { 'f:spec': { 'f:paused': {} } }),
        setBy('kube-controller-manager', REPLICAS, 'scale'),
      ],
    },
    {
      name: 'the replicas where the release brings an autoscaler',
      ...{ manifest: { spec: { replicas: 2 } }, live: { spec: { replicas: 3 } }, autoscaled: true },
    },
    {
      name: 'a certificate that a controller puts in',
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' },
      manifest: { webhooks: [{ name: 'a', clientConfig: { caBundle: 'Cg==' } }] },
      live: { webhooks: [{ name: 'a', clientConfig: { caBundle: 'QQ==' } }] },
    },
    {
      name: 'what the chart leaves to others',
      ...{ manifest: { spec: { a: 1, b: { c: 1 } } }, live: { spec: { a: 2, b: { c: 2 } } } },
      annotations: { 'apollo.dev/ignore-drift': 'spec.a, spec.b' },
    },
    {
      name: 'what a rule of the spoke leaves to others',
      ...{ manifest: web({ image: 'a' }), live: web({ image: 'b' }) },
      rules: [
        {
          ...{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
          paths: [parsePathPattern('spec.template.spec.containers[*].image') ?? []],
        },
      ],
    },
    {
      name: 'a Secret whose text was encoded',
      ...{ apiVersion: 'v1', kind: 'Secret', manifest: { stringData: { a: 'hunter2' } } },
      live: { data: { a: 'aHVudGVyMg==' } },
    },
  ])('is not $name', (given) => {
    expect(drift(given)).toEqual([]);
  });

  it.each<Given & { readonly name: string; readonly expected: object; readonly says: string }>([
    {
      name: 'a field that somebody set',
      ...{ manifest: { spec: { replicas: 2 } }, live: { spec: { replicas: 3 } } },
      managedFields: [setBy('helm', { 'f:spec': { 'f:paused': {} } }), setBy('edit', REPLICAS)],
      expected: { field: 'spec.replicas', expected: '2', live: '3' },
      says: 'Deployment shop/web: spec.replicas is 3, the release says 2',
    },
    {
      name: 'a field that somebody set where nothing tells who set what',
      ...{ manifest: { spec: { replicas: 2 } }, live: { spec: { replicas: 3 } } },
      expected: { field: 'spec.replicas', expected: '2', live: '3' },
      says: 'Deployment shop/web: spec.replicas is 3, the release says 2',
    },
    {
      name: 'a field that is gone',
      ...{ manifest: { spec: { replicas: 2 } }, live: { spec: {} } },
      managedFields: [setBy('helm', { 'f:spec': { 'f:paused': {} } })],
      expected: { field: 'spec.replicas', expected: '2' },
      says: 'Deployment shop/web: spec.replicas is gone, the release says 2',
    },
    {
      name: 'a key with dots in it',
      manifest: { spec: { selector: { 'example.com/tier': 'a' } } },
      live: { spec: { selector: { 'example.com/tier': 'b' } } },
      expected: { field: 'spec.selector["example.com/tier"]', expected: '"a"', live: '"b"' },
      says: 'Deployment shop/web: spec.selector["example.com/tier"] is "b", the release says "a"',
    },
    {
      name: 'an item that is gone from a list with keys',
      ...{ manifest: pod([{ name: 'web' }, { name: 'side' }]), live: pod([{ name: 'web' }]) },
      expected: { field: 'spec.template.spec.containers[name=side]' },
      says: 'Deployment shop/web: spec.template.spec.containers[name=side] is gone',
    },
    {
      name: 'an item that is gone from a list without keys',
      ...{ manifest: { spec: { list: ['a', 'b'] } }, live: { spec: { list: ['a'] } } },
      expected: { field: 'spec.list', expected: '["a","b"]', live: '["a"]' },
      says: 'Deployment shop/web: spec.list is ["a"], the release says ["a","b"]',
    },
    {
      name: 'an item of a list whose keys only the server knows',
      ...{ apiVersion: 'example.com/v1', kind: 'Gadget' },
      ...{ manifest: { spec: { list: [{ id: 1, a: 1 }] } } },
      live: {
        spec: {
          list: [
            { id: 0, a: 9 },
            { id: 1, a: 2 },
          ],
        },
      },
      managedFields: [
        setBy('edit', { 'f:spec': { 'f:list': { 'k:{"id":1}': { 'f:a': {}, 'f:id': {} } } } }),
      ],
      expected: { field: 'spec.list[id=1].a', expected: '1', live: '2' },
      says: 'Gadget shop/web: spec.list[id=1].a is 2, the release says 1',
    },
    {
      name: 'the value of a variable, which it does not tell',
      manifest: web({ env: [{ name: 'A', value: 'hunter2' }] }),
      live: web({ env: [{ name: 'A', value: 'hunter3' }] }),
      expected: { field: `${AT_WEB}.env[name=A].value` },
      says: `Deployment shop/web: ${AT_WEB}.env[name=A].value has changed`,
    },
    {
      name: 'an annotation, whose text it does not tell',
      manifest: { spec: { template: { metadata: { annotations: { note: 'hunter2' } } } } },
      live: { spec: { template: { metadata: { annotations: { note: 'hunter3' } } } } },
      expected: { field: 'spec.template.metadata.annotations.note' },
      says: 'Deployment shop/web: spec.template.metadata.annotations.note has changed',
    },
    {
      name: 'the content of a Secret, which it does not tell',
      ...{ apiVersion: 'v1', kind: 'Secret', manifest: { stringData: { a: 'hunter2' } } },
      live: { data: { a: 'aHVudGVyMw==' } },
      expected: { field: 'data.a' },
      says: 'Secret shop/web: data.a has changed',
    },
    {
      name: 'the content of a ConfigMap, in full',
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      ...{ manifest: { data: { a: '1000m' } }, live: { data: { a: '1' } } },
      expected: { field: 'data.a' },
      says: 'ConfigMap shop/web: data.a has changed',
    },
    {
      name: 'an empty text that is gone from a map',
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      ...{ manifest: { data: { a: '' } }, live: { data: {} } },
      expected: { field: 'data.a' },
      says: 'ConfigMap shop/web: data.a is gone',
    },
  ])('is $name', ({ expected, says, ...given }) => {
    const identity = { kind: given.kind ?? 'Deployment', namespace: 'shop', name: 'web' };
    expect(drift(given)).toEqual([{ ...identity, ...expected, message: says }]);
  });

  it('names the first fifty fields of an object that is all otherwise', () => {
    const names = Array.from({ length: 60 }, (_, at) => `f${at}`);
    const all = (value: number) => ({ spec: Object.fromEntries(names.map((n) => [n, value])) });
    expect(drift({ manifest: all(1), live: all(2) })).toHaveLength(50);
  });
});
