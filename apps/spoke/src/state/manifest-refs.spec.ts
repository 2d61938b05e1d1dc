import { InMemoryKubeApi } from '@apollo-deploy/kube/testing';
import { describe, expect, it } from '@jest/globals';
import { manifestRefs } from './manifest-refs.js';

const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata: { name: web, annotations: { helm.sh/resource-policy: keep } }
---
apiVersion: v1
kind: Namespace
metadata: { name: web }
---
apiVersion: batch/v1
kind: Job
metadata: { name: stays }
spec: { template: {} }
---
apiVersion: batch/v1
kind: Job
metadata: { name: goes, namespace: other }
spec: { ttlSecondsAfterFinished: 0 }
---
apiVersion: v1
kind: Pod
metadata: { name: smoke, annotations: { helm.sh/hook: test } }
`;
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
const REST = [
  { apiVersion: 'v1', kind: 'Namespace', name: 'web' },
  { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'stays' },
  { apiVersion: 'batch/v1', kind: 'Job', namespace: 'other', name: 'goes', vanishes: true },
  { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'smoke', vanishes: true },
];

describe('the objects of a manifest', () => {
  const kube = new InMemoryKubeApi({ namespaces: ['shop'] });

  it('are each once where they live, and marked where they go by themselves', async () => {
    const manifest = `${MANIFEST}---${MANIFEST}`;
    const refs = await manifestRefs(kube, { manifest, namespace: 'shop' });
    expect(refs).toEqual({ ok: true, value: [CONFIG_MAP, ...REST] });
  });

  it('are without those that stay when the release goes, if asked so', async () => {
    const refs = await manifestRefs(
      kube,
      { manifest: MANIFEST, namespace: 'shop' },
      { kept: false },
    );
    expect(refs).toEqual({ ok: true, value: REST });
  });
});
