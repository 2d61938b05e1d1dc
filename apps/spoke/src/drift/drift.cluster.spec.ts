import { randomUUID } from 'node:crypto';
import { HttpKubeApi, KubeConnection, type KubeObject, type KubeRef } from '@apollo-deploy/kube';
import type { PlanOffer, ReleaseReport } from '@apollo-deploy/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterScene } from '../testing/cluster-scene.js';
import { EVERY_KIND_OBJECTS, everyKindChart } from '../testing/every-kind-chart.js';
import { anOffer, type OfferSketch } from '../testing/plan-offers.js';

type Members = Record<string | number, unknown>;
type Place = readonly (string | number)[];

const WEB: Place = ['spec', 'template', 'spec', 'containers', 0];
const AT_WEB = 'spec.template.spec.containers[name=web]';
const VOLUME: Place = ['spec', 'template', 'spec', 'volumes', 0, 'configMap'];

interface HandEdit {
  readonly kind: string;
  readonly name: string;
  /** Undefined: taken out. */
  readonly edits: readonly { readonly at: Place; readonly value: unknown }[];
  readonly drift: readonly object[];
}

/** What somebody changes by hand in one object, and all that is reported of it. */
const EDITS: readonly HandEdit[] = [
  {
    ...{ kind: 'Deployment', name: 'web' },
    edits: [
      { at: ['spec', 'replicas'], value: 5 },
      { at: [...WEB, 'image'], value: 'evil:1' },
      { at: [...WEB, 'tty'], value: true },
    ],
    drift: [{ field: `${AT_WEB}.image`, expected: '"registry.example/web:1"', live: '"evil:1"' }],
  },
  {
    ...{ kind: 'Deployment', name: 'web' },
    edits: [
      { at: [...WEB, 'env', 0, 'value'], value: 'quiet' },
      { at: [...WEB, 'resources', 'limits', 'cpu'], value: '2' },
      { at: [...WEB, 'readinessProbe'], value: undefined },
      { at: [...VOLUME, 'defaultMode'], value: 256 },
    ],
    drift: [
      { field: `${AT_WEB}.env[name=MODE].value` },
      { field: `${AT_WEB}.readinessProbe` },
      { field: `${AT_WEB}.resources.limits.cpu`, expected: '"1000m"', live: '"2"' },
      {
        field: 'spec.template.spec.volumes[name=config].configMap.defaultMode',
        ...{ expected: '644', live: '256' },
      },
    ],
  },
  {
    ...{ kind: 'Deployment', name: 'web' },
    edits: [
      { at: ['spec', 'template', 'spec', 'containers', 1, 'name'], value: 'other' },
      { at: [...WEB, 'args', 1], value: '9090' },
    ],
    drift: [{ field: `${AT_WEB}.args[1]` }, { field: 'spec.template.spec.containers[name=side]' }],
  },
  {
    ...{ kind: 'Service', name: 'web' },
    edits: [
      { at: ['spec', 'type'], value: 'NodePort' },
      { at: ['spec', 'ports', 0, 'targetPort'], value: 81 },
    ],
    drift: [{ field: 'spec.ports[port=80].targetPort', expected: '"http"', live: '81' }],
  },
  {
    ...{ kind: 'ConfigMap', name: 'web' },
    edits: [
      { at: ['data', 'MODE'], value: 'quiet' },
      { at: ['data', 'EXTRA'], value: 'more' },
      { at: ['data', 'a.conf'], value: undefined },
      { at: ['metadata', 'labels', 'app'], value: 'other' },
    ],
    drift: [
      { field: 'metadata.labels.app', expected: '"web"', live: '"other"' },
      { field: 'data["a.conf"]' },
      { field: 'data.MODE' },
    ],
  },
  {
    ...{ kind: 'Secret', name: 'web' },
    edits: [{ at: ['data', 'password'], value: 'b3RoZXI=' }],
    drift: [{ field: 'data.password' }],
  },
  {
    ...{ kind: 'Ingress', name: 'web' },
    edits: [{ at: ['spec', 'rules', 0, 'host'], value: 'x.example.com' }],
    drift: [
      { field: 'spec.rules[0].host', expected: '"web.example.com"', live: '"x.example.com"' },
    ],
  },
  {
    ...{ kind: 'CronJob', name: 'nightly' },
    edits: [
      { at: ['spec', 'suspend'], value: true },
      { at: ['spec', 'schedule'], value: '0 4 * * *' },
    ],
    drift: [{ field: 'spec.schedule', expected: '"0 3 * * *"', live: '"0 4 * * *"' }],
  },
  {
    ...{ kind: 'Role', name: 'web' },
    edits: [{ at: ['rules', 0, 'verbs'], value: ['*'] }],
    drift: [{ field: 'rules[0].verbs', expected: '["get","list"]', live: '["*"]' }],
  },
  {
    ...{ kind: 'HorizontalPodAutoscaler', name: 'web' },
    edits: [{ at: ['spec', 'maxReplicas'], value: 99 }],
    drift: [{ field: 'spec.maxReplicas', expected: '9', live: '99' }],
  },
];

const VERSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  CronJob: 'batch/v1',
  Ingress: 'networking.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
};

function edited(object: KubeObject, edits: HandEdit['edits']): KubeObject {
  const copy = structuredClone(object);
  for (const { at, value } of edits) {
    let parent = copy as unknown as Members;
    for (const step of at.slice(0, -1)) parent = parent[step] as Members;
    const last = at.at(-1) ?? '';
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  }
  return copy;
}

describe.each([
  { helm: 'Helm 4', helm3: false },
  { helm: 'Helm 3', helm3: true },
])('drift of a release that $helm installed on a real cluster', ({ helm3 }) => {
  let scene: ClusterScene;
  let person: HttpKubeApi;
  let namespace: string;
  let sha256: string;
  let installed: ReleaseReport;

  beforeAll(async () => {
    scene = await ClusterScene.open({ helm3 });
    const path = scene.cluster.kubeconfigPath;
    person = new HttpKubeApi(new KubeConnection({ from: 'kubeconfig', path }), 'kubectl-edit/1');
    namespace = await scene.cluster.freshNamespace('drift');
    sha256 = scene.hub.addChart(await everyKindChart());
    const { result, release } = await scene.hub.carryOut(offer({}));
    if (release == null) throw new Error(result.message);
    installed = release;
  });
  afterAll(async () => {
    person.close();
    await scene.close();
  });

  function offer(sketch: OfferSketch): PlanOffer {
    return anOffer({
      ...{ planId: randomUUID(), namespace, expiresAt: '2100-01-01T00:00:00Z' },
      ...{ chart: { name: 'every-kind', version: '1.0.0', sha256 }, rolloutTimeoutSeconds: 3 },
      ...sketch,
    });
  }

  function restore(ref: KubeRef, before: KubeObject): Promise<KubeObject> {
    return change(ref, ({ metadata: { resourceVersion = '' } }) => ({
      ...before,
      metadata: { ...before.metadata, resourceVersion },
    }));
  }

  /** Puts what `make` makes of the object; answers the object as it was. */
  async function change(ref: KubeRef, make: (object: KubeObject) => KubeObject) {
    for (;;) {
      const found = await person.get(ref);
      if (!found.ok) throw new Error(found.error.message);
      const stored = await person.replace(make(found.value));
      if (stored.ok) return found.value;
      if (stored.error.code !== 'kube/version_conflict') throw new Error(stored.error.message);
    }
  }

  it('is none on an untouched one with every common kind', () => {
    expect(installed.objects).toHaveLength(EVERY_KIND_OBJECTS);
    expect(installed.drift).toEqual([]);
  });

  it('is gone once a plan has brought the same content again', async () => {
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' };
    await change(ref, (object) => edited(object, [{ at: [...WEB, 'image'], value: 'evil:2' }]));
    const drifted = await scene.report(namespace, (seen) => seen.drift.length > 0);
    const { revision, releaseDigest } = drifted.head;
    const { result, release } = await scene.hub.carryOut(
      offer({ type: 'config_update', base: { revision, releaseDigest } }),
    );
    expect(result.message).toContain('revision 2 of release web');
    expect(release).toMatchObject({ head: { revision: 2, status: 'deployed' }, drift: [] });
  });

  it('is none when an autoscaler sets the replicas', async () => {
    const answer = await scene.cluster.send({
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${namespace}/statefulsets/db/scale?fieldManager=kube-controller-manager`,
      body: { spec: { replicas: 2 } },
    });
    expect(answer.status).toBe(200);
    const ref = { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name: 'db' };
    const image = ['spec', 'template', 'spec', 'containers', 0, 'image'];
    const before = await change(ref, (object) =>
      edited(object, [{ at: image, value: 'registry.example/db:2' }]),
    );
    expect(before).toMatchObject({ spec: { replicas: 2 } });
    const report = await scene.report(namespace, (seen) => seen.drift.length > 0);
    const field = 'spec.template.spec.containers[name=db].image';
    expect(report.drift).toMatchObject([{ kind: 'StatefulSet', name: 'db', field }]);
    await restore(ref, before);
    await scene.report(namespace, (seen) => seen.drift.length === 0);
  });

  it.each(EDITS)('is what was changed in $kind $name, until it is undone', async (edit) => {
    const { kind, name, edits, drift } = edit;
    const ref = { apiVersion: VERSIONS[kind] ?? 'v1', kind, namespace, name };
    const before = await change(ref, (object) => edited(object, edits));
    // What is gone is told once the API server has said that it would keep it, after the rest.
    const report = await scene.report(namespace, (seen) => seen.drift.length >= drift.length);
    const message: unknown = expect.any(String);
    expect(report.drift).toEqual(
      expect.arrayContaining(
        drift.map((fields) => ({ kind, namespace, name, ...fields, message })),
      ),
    );
    expect(report.drift).toHaveLength(drift.length);
    // Digests and ids may hold any row of digits.
    const told = JSON.stringify(report).replaceAll(/[0-9a-f-]{32,}/g, '');
    expect(told).not.toMatch(/hunter2|quiet|b3RoZXI|9090/);
    await restore(ref, before);
    await scene.report(namespace, (seen) => seen.drift.length === 0);
  });
});
