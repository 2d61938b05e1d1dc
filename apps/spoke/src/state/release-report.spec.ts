import type { KubeObject, KubeRef } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { OwnedPods } from './owned-pods.js';
import { ReleaseIndex } from './release-index.js';
import { releaseReport, reportDigest, type KnownRelease, type LiveLook } from './release-report.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const WEB: KubeRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const CONFIG: KubeRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
const RELEASE: KnownRelease = {
  ...{ namespace: 'shop', releaseName: 'web', refs: [WEB, CONFIG], problem: null },
  expected: new Map(),
  head: {
    ...{ revision: 1, status: 'deployed', chartName: 'web', chartVersion: '1.0.0' },
    ...{ valuesDigest: 'v', manifestDigest: 'm', secretUid: 's', releaseDigest: 'r' },
  },
};

const owned = (owner: KubeObject) => [
  {
    ...{ apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name },
    ...{ uid: owner.metadata.uid ?? '', controller: true },
  },
];
const deployment: KubeObject = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1 } },
  metadata: {
    ...{ namespace: 'shop', name: 'web', uid: 'uid-web', generation: 1 },
    annotations: { 'deployment.kubernetes.io/revision': '1' },
  },
  status: {
    ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
    ...{ readyReplicas: 1, availableReplicas: 1 },
  },
};
const replicaSet: KubeObject = {
  ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  metadata: {
    ...{ namespace: 'shop', name: 'web-1', uid: 'uid-web-1', ownerReferences: owned(deployment) },
    annotations: { 'deployment.kubernetes.io/revision': '1' },
  },
};
const pod = (name: string, status: object): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: { namespace: 'shop', name, uid: `uid-${name}`, ownerReferences: owned(replicaSet) },
  spec: {
    containers: [
      {
        ...{ name: 'main', image: 'registry.example/web:1', env: [{ name: 'X', value: 'hidden' }] },
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
      },
      { name: 'side', image: 'registry.example/side:1', resources: { requests: { cpu: '25m' } } },
    ],
  },
  status,
});
const READY = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [
    { name: 'main', restartCount: 1, imageID: 'registry.example/web@sha256:abc', ready: true },
    { name: 'side', restartCount: 2, ready: true },
  ],
};
const CRASHING = {
  phase: 'Running',
  containerStatuses: [
    {
      ...{ name: 'main', restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    },
  ],
};

function look(objects: readonly KubeObject[], refused: readonly string[] = []): LiveLook {
  const kinds = (...wanted: string[]) => objects.filter(({ kind }) => wanted.includes(kind));
  return {
    get: ({ kind, name }) =>
      objects.find((o) => o.kind === kind && o.metadata.name === name) ?? null,
    find: () => ({ drift: [], digest: undefined }),
    usageOf: () => undefined,
    warningsOf: () => null,
    refusal: ({ kind }) =>
      refused.includes(kind)
        ? {
            ...{ code: 'kube/forbidden', status: 403, reason: 'Forbidden' },
            ...{ message: `${kind} is forbidden`, causes: [] },
          }
        : null,
    owned: new OwnedPods(kinds('Pod'), kinds('ReplicaSet')),
    rules: {},
    now: NOW,
    heardAt: NOW,
  };
}
const config: KubeObject = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'web' } },
};

describe('the report of a release', () => {
  it('says what runs: objects, pods with images, restarts and what they ask for', () => {
    const { report } = releaseReport(
      RELEASE,
      look([deployment, replicaSet, pod('web-1-a', READY), config]),
    );
    expect(report).toEqual({
      ...{ namespace: 'shop', releaseName: 'web', head: RELEASE.head, health: 'Healthy' },
      resources: {
        ...{ requests: { cpu: '75m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        ...{ pods: 1, measuredPods: 0 },
      },
      objects: [
        { kind: 'Deployment', namespace: 'shop', name: 'web', health: 'Healthy' },
        { kind: 'ConfigMap', namespace: 'shop', name: 'web', health: 'Healthy' },
      ],
      pods: [
        {
          ...{ name: 'web-1-a', phase: 'Running', ready: true, restarts: 3 },
          ...{ image: 'registry.example/web:1', imageDigest: 'registry.example/web@sha256:abc' },
          ...{ requests: { cpu: '75m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        },
      ],
      ...{ drift: [], observedAt: '2026-03-02T12:00:00.000Z' },
    });
    expect(JSON.stringify(report)).not.toContain('hidden');
  });

  it('blames the pod for what its Deployment cannot explain', () => {
    const { report } = releaseReport(
      RELEASE,
      look([deployment, replicaSet, pod('web-1-a', CRASHING), config]),
    );
    expect(report).toMatchObject({
      ...{ health: 'Degraded', reason: 'CrashLoopBackOff' },
      message: expect.stringMatching(/^Deployment shop\/web: .*pod web-1-a container main/),
      pods: [
        {
          ...{ reason: 'CrashLoopBackOff', restarts: 4 },
          lastTermination: { container: 'main', exitCode: 1, reason: 'Error' },
        },
      ],
    });
  });

  it('takes an object that is gone for drift', () => {
    const { report } = releaseReport(RELEASE, look([config]));
    expect(report).toMatchObject({
      ...{ health: 'Missing', pods: [] },
      drift: [
        {
          ...{ kind: 'Deployment', namespace: 'shop', name: 'web' },
          message: 'Deployment shop/web is in the release and not in the cluster',
        },
      ],
    });
  });

  it('does not miss an object that goes by itself', () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'migrate' };
    const release = { ...RELEASE, refs: [CONFIG, { ...job, vanishes: true as const }] };
    const { report } = releaseReport(release, look([config]));
    expect(report).toMatchObject({
      ...{ health: 'Healthy', drift: [] },
      objects: [{ kind: 'ConfigMap' }, { kind: 'Job', health: 'Healthy', reason: 'Vanished' }],
    });
  });

  it('does not take for gone what it may not look at', () => {
    const { report } = releaseReport(RELEASE, look([config], ['Deployment']));
    expect(report).toMatchObject({
      ...{ health: 'Unknown', reason: 'NotWatched', drift: [] },
      message: expect.stringContaining('Deployment is forbidden'),
    });
  });

  it('is of unknown health where the manifest cannot be read', () => {
    const problem = { reason: 'ManifestUnreadable', message: 'no YAML' } as const;
    const release = { ...RELEASE, refs: [], problem };
    expect(releaseReport(release, look([])).report).toMatchObject({
      ...{ health: 'Unknown', reason: 'ManifestUnreadable', message: 'no YAML' },
    });
  });

  it('says nothing of events where they cannot be read, and that there are none where they can', () => {
    const unread = look([deployment, config]);
    expect(releaseReport(RELEASE, unread).report).not.toHaveProperty('events');
    const warningsOf = () => ({ events: [], recheckAt: null });
    expect(releaseReport(RELEASE, { ...unread, warningsOf }).report.events).toEqual([]);
  });

  it('asks for the warnings about its objects and what their controllers made, each once', () => {
    const asked: string[] = [];
    const recheckAt = new Date('2026-03-02T12:00:20Z');
    const seen: LiveLook = {
      ...look([deployment, replicaSet, pod('web-1-a', READY), config]),
      warningsOf: (namespace, objects) => {
        asked.push(
          ...objects.map(({ kind, metadata: { name } }) => `${kind} ${namespace}/${name}`),
        );
        return { events: [], recheckAt };
      },
    };
    expect(releaseReport(RELEASE, seen).recheckAt).toEqual(recheckAt);
    expect(asked).toEqual([
      ...['Deployment shop/web', 'ReplicaSet shop/web-1', 'Pod shop/web-1-a'],
      'ConfigMap shop/web',
    ]);
  });

  it('is the same report whenever it is made', () => {
    const seen = look([deployment, config]);
    const at = new Date('2026-03-02T13:00:00Z');
    const later = { ...seen, now: at, heardAt: at };
    const [one, two] = [seen, later].map((now) => releaseReport(RELEASE, now).report);
    expect(one?.observedAt).not.toBe(two?.observedAt);
    expect(one && reportDigest(one)).toBe(two && reportDigest(two));
  });
});

describe('a change', () => {
  const other = { ...RELEASE, namespace: 'other', refs: [{ ...WEB, namespace: 'other' }] };
  const index = new ReleaseIndex(new Map([['shop/web', RELEASE]]).set('other/web', other));
  const orphan = pod('web-1-a', READY);

  it.each([
    { name: 'an object of its manifest', object: deployment, expected: ['shop/web'] },
    { name: 'a ReplicaSet of its Deployment', object: replicaSet, expected: ['shop/web'] },
    { name: 'a pod of such a ReplicaSet', object: orphan, expected: ['shop/web'] },
    {
      name: 'a pod on its own',
      object: { ...orphan, metadata: { namespace: 'shop', name: 'lonely' } },
      expected: [],
    },
    {
      name: 'an object elsewhere',
      object: { ...deployment, metadata: { namespace: 'elsewhere', name: 'web' } },
      expected: [],
    },
  ])('concerns a release: $name', ({ object, expected }) => {
    const find = ({ name }: KubeRef) => (name === 'web-1' ? replicaSet : null);
    expect(index.concernedBy(object, find)).toEqual(expected);
  });

  it('of a pod whose ReplicaSet is gone already concerns all that is near', () => {
    expect(index.concernedBy(orphan, () => null)).toEqual(['shop/web']);
  });
});
