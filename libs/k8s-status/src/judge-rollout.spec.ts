import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeRollout, type ObjectRef, type RolloutFacts } from './judge-rollout.js';
import { fieldsAt, textOf, type Fields } from './live-fields.js';
import {
  condition,
  crashLooping,
  daemonSet,
  deployment,
  exit,
  exited,
  live,
  pod,
  replicaSet,
  running,
  statefulSet,
  unready,
  waiting,
} from './testing/live-objects.js';

const startedAt = new Date('2026-03-01T10:00:00Z');
const now = new Date('2026-03-01T10:00:30Z');
const deadlineAt = new Date('2026-03-01T10:05:00Z');

function refOf(object: Fields): ObjectRef {
  const { name, namespace } = fieldsAt(object, 'metadata');
  return {
    apiVersion: textOf(object['apiVersion'])!,
    kind: textOf(object['kind'])!,
    namespace: textOf(namespace)!,
    name: textOf(name)!,
  };
}

function judge(objects: readonly Fields[], rest: Partial<RolloutFacts> = {}) {
  return judgeRollout({
    objects: objects.map((object) => ({ ref: refOf(object), object })),
    pods: [],
    replicaSets: [replicaSet('1'), replicaSet('2')],
    now,
    startedAt,
    deadlineAt,
    ...rest,
  });
}

const rollingOut = deployment({}, { updatedReplicas: 1, availableReplicas: 2 });
const oldPod = { meta: { name: 'web-1-old', owner: { kind: 'ReplicaSet', uid: 'rs-1' } } };
const job = (conditions: Fields[]) =>
  live('batch/v1', 'Job', { meta: { name: 'migrate' }, status: { conditions } });
const jobPod = (container: Fields) =>
  unready(container, {
    meta: { name: 'migrate-x', owner: { kind: 'Job', uid: 'Job-uid' } },
    spec: { restartPolicy: 'OnFailure' },
  });
const configMap = live('v1', 'ConfigMap', { meta: { name: 'settings' } });

describe('the verdict on a rollout', () => {
  it.each([
    { name: 'a release of no objects', objects: [], message: '0 of 0 objects are healthy' },
    {
      name: 'everything available',
      objects: [deployment(), configMap],
      message: '2 of 2 objects are healthy',
    },
    {
      name: 'everything available, updated on deletion and not deleted yet',
      objects: [
        statefulSet({ updateStrategy: { type: 'OnDelete' } }, { updatedReplicas: 1 }),
        daemonSet({ updatedNumberScheduled: 0 }, { updateStrategy: { type: 'OnDelete' } }),
      ],
      message:
        '2 of 2 objects are healthy; updated on deletion: DaemonSet shop/web (0 of 2 pods are ' +
        'updated), StatefulSet shop/web (1 of 3 replicas are updated); delete the other pods to update them',
    },
    {
      name: 'everything available, updated on deletion, and deleted',
      objects: [statefulSet({ updateStrategy: { type: 'OnDelete' } })],
      message: '1 of 1 objects are healthy',
    },
    {
      name: 'everything available, an old pod terminating',
      objects: [deployment()],
      pods: [
        pod(),
        unready(crashLooping(), { meta: { ...oldPod.meta, deletionTimestamp: '2026-03-01' } }),
      ],
      message: '1 of 1 objects are healthy',
    },
    {
      name: 'everything available, a pod of the new revision shutting down in a crash loop',
      objects: [deployment()],
      pods: [unready(crashLooping(), { meta: { deletionTimestamp: '2026-03-01' } })],
      message: '1 of 1 objects are healthy',
    },
    {
      name: 'all but a paused Deployment',
      objects: [deployment({ spec: { paused: true } }), configMap],
      message: '1 of 2 objects are healthy; suspended: Deployment shop/web',
    },
    {
      name: 'all but a Job that had failed before the change',
      objects: [
        configMap,
        job([
          condition(
            'Failed',
            'True',
            'BackoffLimitExceeded',
            'limit reached',
            '2026-02-01T10:00:00Z',
          ),
        ]),
      ],
      message:
        '1 of 2 objects are healthy; not healthy already: Job shop/migrate: limit reached (before this change)',
    },
    {
      name: 'a surplus pod still starting beside enough available ones',
      objects: [deployment()],
      pods: [pod({}, { phase: 'Pending', conditions: [], containerStatuses: [] })],
      message: '1 of 1 objects are healthy',
    },
  ])('is healthy: $name', ({ objects, message, pods = [] }) => {
    expect(judge(objects, { pods })).toEqual({ verdict: 'healthy', message });
  });

  it.each([
    {
      name: 'merely slow',
      objects: [rollingOut],
      pods: [unready(running('app', false))],
      reason: 'ContainersNotReady',
      message:
        '1 of 1 objects are not ready; Deployment shop/web: 1 of 3 replicas are updated; ' +
        'pod web-2-abc is not ready: containers with unready status: [app]',
    },
    {
      name: 'a first exit',
      objects: [rollingOut],
      pods: [unready(exited())],
      reason: 'Error',
    },
    {
      name: 'a first failed pull',
      objects: [rollingOut],
      pods: [unready(waiting('ErrImagePull'), {}, 'Pending')],
      reason: 'ErrImagePull',
    },
    {
      name: 'a pod without a node',
      objects: [rollingOut],
      pods: [
        pod(
          {},
          {
            phase: 'Pending',
            conditions: [condition('PodScheduled', 'False', 'Unschedulable', 'no cpu')],
            containerStatuses: [],
          },
        ),
      ],
      reason: 'Unschedulable',
      message:
        '1 of 1 objects are not ready; Deployment shop/web: 1 of 3 replicas are updated; ' +
        'pod web-2-abc is not scheduled: no cpu',
    },
    {
      name: 'a crash loop of the old revision',
      objects: [rollingOut],
      pods: [unready(crashLooping(), oldPod), pod()],
      reason: 'ReplicasUpdating',
    },
    {
      name: 'a crash loop while the new specification is not observed yet',
      objects: [deployment({ meta: { generation: 2 } })],
      pods: [unready(crashLooping())],
      reason: 'AwaitingController',
    },
    {
      name: 'a crash loop of somebody else',
      objects: [rollingOut],
      pods: [unready(crashLooping(), { meta: { owner: { kind: 'ReplicaSet', uid: 'rs-x' } } })],
      reason: 'ReplicasUpdating',
    },
    {
      name: 'a pod of the new revision that was evicted and is replaced',
      objects: [rollingOut],
      pods: [pod({}, { phase: 'Failed', reason: 'Evicted', message: 'low on memory' })],
      reason: 'Evicted',
    },
    {
      name: 'a Job whose pod crashed, within its back-off limit',
      objects: [job([])],
      pods: [jobPod(crashLooping())],
      reason: 'CrashLoopBackOff',
    },
    {
      name: 'a Deployment that was paused before any of its replicas was updated',
      objects: [deployment({ spec: { paused: true } }, { updatedReplicas: 0 }), configMap],
      pods: [pod()],
      reason: 'Paused',
      message:
        '1 of 2 objects are not ready; Deployment shop/web: is paused: 0 of 3 replicas are ' +
        'updated; set spec.paused to false to go on',
    },
    {
      name: 'an autoscaler that has no metrics yet',
      objects: [
        live('autoscaling/v2', 'HorizontalPodAutoscaler', {
          status: { conditions: [condition('ScalingActive', 'False', 'FailedGetResourceMetric')] },
        }),
      ],
      pods: [],
      reason: 'FailedGetResourceMetric',
    },
  ])('is progressing until the deadline: $name', ({ objects, pods, reason, message }) => {
    const verdict = judge(objects, { pods });
    expect(verdict).toMatchObject({ verdict: 'progressing', worst: { reason } });
    expect(verdict.recheckAt).toEqual(deadlineAt);
    if (message !== undefined) expect(verdict.message).toBe(message);
    expect(judge(objects, { pods, now: new Date(deadlineAt.getTime() - 1) }).verdict).toBe(
      'progressing',
    );
    expect(judge(objects, { pods, now: deadlineAt })).toMatchObject({
      verdict: 'failed',
      worst: { reason },
    });
  });

  it.each([
    {
      name: 'a crash loop, while the Deployment still looks fine',
      objects: [deployment()],
      pods: [unready(crashLooping())],
      reason: 'CrashLoopBackOff',
    },
    {
      name: 'an image that cannot be pulled',
      objects: [rollingOut],
      pods: [pod(), unready(waiting('ImagePullBackOff'), { meta: { name: 'web-2-b' } })],
      reason: 'ImagePullBackOff',
    },
    {
      name: 'a crash loop in an init container',
      objects: [rollingOut],
      pods: [pod({}, { phase: 'Pending', initContainerStatuses: [crashLooping()] })],
      reason: 'CrashLoopBackOff',
    },
    {
      name: 'a failed Job',
      objects: [job([condition('Failed', 'True', 'BackoffLimitExceeded')])],
      pods: [jobPod(exited())],
      reason: 'BackoffLimitExceeded',
    },
    {
      name: 'a Job whose image cannot be pulled',
      objects: [job([])],
      pods: [jobPod(waiting('ImagePullBackOff'))],
      reason: 'ImagePullBackOff',
    },
    {
      name: 'an exceeded progress deadline',
      objects: [
        deployment(
          {},
          {
            availableReplicas: 2,
            conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded')],
          },
        ),
      ],
      pods: [unready(running('app', false))],
      reason: 'ProgressDeadlineExceeded',
    },
    {
      name: 'a lost volume',
      objects: [live('v1', 'PersistentVolumeClaim', { status: { phase: 'Lost' } })],
      pods: [],
      reason: 'Lost',
    },
    {
      name: 'a failed pod of the release itself',
      objects: [pod({ meta: {} }, { phase: 'Failed', containerStatuses: [exited()] })],
      pods: [],
      reason: 'Error',
    },
  ])('has failed at once: $name', ({ objects, pods, reason }) => {
    expect(judge(objects, { pods })).toMatchObject({ verdict: 'failed', worst: { reason } });
  });

  it('names pod, container, exit code, restarts and last exit of a crash loop', () => {
    const pods = [pod(), unready(crashLooping(4, exit(137, 'OOMKilled')), oldPod)];
    const looping = unready(crashLooping(3, exit(1, 'Error')), { meta: { name: 'web-2-b' } });
    const ref = refOf(deployment());
    const message =
      '1 of 3 replicas are updated; pod web-2-b container app is in CrashLoopBackOff (3 restarts; ' +
      'last exit code 1 (Error) at 2026-03-01T10:00:20.000Z); read its last log lines';
    expect(judge([rollingOut, configMap], { pods: [...pods, looping] })).toEqual({
      verdict: 'failed',
      message: `Deployment shop/web: ${message}`,
      worst: {
        ref,
        health: 'Degraded',
        reason: 'CrashLoopBackOff',
        message,
        pod: {
          pod: 'web-2-b',
          namespace: 'shop',
          container: 'app',
          health: 'Degraded',
          reason: 'CrashLoopBackOff',
          message: message.slice(message.indexOf('container')),
          terminal: true,
          restarts: 3,
          lastTermination: {
            exitCode: 1,
            reason: 'Error',
            finishedAt: new Date('2026-03-01T10:00:20Z'),
          },
          log: 'previous',
        },
      },
    });
  });

  it('says how long it waited, and for what', () => {
    const pods = [unready(running('app', false))];
    expect(judge([rollingOut], { pods, now: deadlineAt }).message).toBe(
      'not ready after 300 s: Deployment shop/web: 1 of 3 replicas are updated; ' +
        'pod web-2-abc is not ready: containers with unready status: [app]',
    );
    const { startedAt: _, ...unknownStart } = { ...judgeFacts(rollingOut), now: deadlineAt };
    expect(judgeRollout(unknownStart).message).toBe(
      'not ready by 2026-03-01T10:05:00.000Z: Deployment shop/web: 1 of 3 replicas are updated',
    );
  });

  it('waits for a missing object until the deadline', () => {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'gone' };
    const facts = { ...judgeFacts(configMap), objects: [{ ref, object: null }] };
    expect(judgeRollout(facts)).toMatchObject({
      verdict: 'progressing',
      message: '1 of 1 objects are not ready; ConfigMap shop/gone: does not exist in the cluster',
      worst: { health: 'Missing' },
    });
    expect(judgeRollout({ ...facts, now: deadlineAt }).verdict).toBe('failed');
  });

  it.each([
    { name: 'before the change', finishedAt: '2026-03-01T09:59:59Z', verdict: 'progressing' },
    { name: 'in its second', finishedAt: '2026-03-01T10:00:00Z', verdict: 'failed' },
  ])('is $verdict if the last crash was $name', ({ finishedAt, verdict }) => {
    const pods = [unready(crashLooping(2, exit(1, 'Error', finishedAt)))];
    expect(judge([rollingOut], { pods }).verdict).toBe(verdict);
  });

  it('comes back when the grace for a missing Secret ends', () => {
    const pods = [unready(waiting('CreateContainerConfigError', 'secret "db" not found'))];
    const early = judge([rollingOut], { pods });
    expect(early).toMatchObject({
      verdict: 'progressing',
      recheckAt: new Date('2026-03-01T10:00:31Z'),
    });
    expect(judge([rollingOut], { pods, now: early.recheckAt! }).verdict).toBe('failed');
  });

  it('never fails for lack of time without a deadline', () => {
    const { deadlineAt: _, ...patient } = { ...judgeFacts(rollingOut), now: new Date(8.64e15) };
    expect(judgeRollout(patient).verdict).toBe('progressing');
    expect(judgeRollout(patient).recheckAt).toBeUndefined();
  });

  it('tells a fault of today before a delay, whatever their names', () => {
    const slow = deployment({ meta: { name: 'aaa' } }, { availableReplicas: 0 });
    const lost = live('v1', 'PersistentVolumeClaim', { status: { phase: 'Lost' } });
    expect(judge([slow, lost]).worst?.reason).toBe('Lost');
  });
});

describe('the pods that count', () => {
  const owned = (kind: string, labels: Fields) =>
    unready(crashLooping(), { meta: { owner: { kind, uid: `${kind}-uid` }, labels } });
  const updating = statefulSet({}, { readyReplicas: 2, updateRevision: 'web-c' });
  const daemons = daemonSet({ numberAvailable: 1 });
  const templateless = live('apps/v1', 'DaemonSet', {
    status: { observedGeneration: 1, desiredNumberScheduled: 2, updatedNumberScheduled: 1 },
  });
  const hash = 'controller-revision-hash';
  const generation = 'pod-template-generation';
  const healthyDaemon = (labels: Fields, creationTimestamp: string) =>
    pod({
      meta: {
        name: 'new',
        owner: { kind: 'DaemonSet', uid: 'DaemonSet-uid' },
        labels,
        creationTimestamp,
      },
    });

  it.each([
    {
      name: 'a StatefulSet: its update revision',
      object: updating,
      pods: [owned('StatefulSet', { [hash]: 'web-c' })],
      verdict: 'failed',
    },
    {
      name: 'a StatefulSet: no older revision',
      object: updating,
      pods: [owned('StatefulSet', { [hash]: 'web-b' })],
      verdict: 'progressing',
    },
    {
      name: 'a StatefulSet: none while it has not observed its specification',
      object: statefulSet({}, { observedGeneration: 0 }),
      pods: [owned('StatefulSet', { [hash]: 'web-b' })],
      verdict: 'progressing',
    },
    {
      name: 'a DaemonSet: its template generation',
      object: daemons,
      pods: [owned('DaemonSet', { [hash]: 'b', [generation]: '2' })],
      verdict: 'failed',
    },
    {
      name: 'a DaemonSet: no older template',
      object: daemons,
      pods: [owned('DaemonSet', { [hash]: 'a', [generation]: '1' })],
      verdict: 'progressing',
    },
    {
      name: 'a DaemonSet: an older number of the same template',
      object: daemons,
      pods: [
        owned('DaemonSet', { [hash]: 'b', [generation]: '0' }),
        healthyDaemon({ [hash]: 'b', [generation]: '2' }, '2026-03-01T10:00:00Z'),
      ],
      verdict: 'failed',
    },
    {
      name: 'a DaemonSet without template numbers: the hash of its youngest pod',
      object: templateless,
      pods: [
        owned('DaemonSet', { [hash]: 'a' }),
        healthyDaemon({ [hash]: 'b' }, '2026-03-01T10:00:01Z'),
      ],
      verdict: 'progressing',
    },
    {
      name: 'a ReplicaSet of its own',
      object: live('apps/v1', 'ReplicaSet', {
        spec: { replicas: 1 },
        status: { observedGeneration: 1 },
      }),
      pods: [owned('ReplicaSet', {})],
      verdict: 'failed',
    },
    {
      name: 'a Deployment without a revision number: its highest ReplicaSet',
      object: deployment({ meta: { annotations: {} } }, { availableReplicas: 1 }),
      pods: [unready(crashLooping())],
      verdict: 'failed',
    },
    {
      name: 'a Deployment whose newest ReplicaSet is not visible yet: none',
      object: deployment(
        { meta: { annotations: { 'deployment.kubernetes.io/revision': '3' } } },
        { updatedReplicas: 0 },
      ),
      pods: [unready(crashLooping())],
      verdict: 'progressing',
    },
  ])('of $name', ({ object, pods, verdict }) => {
    expect(judge([object], { pods }).verdict).toBe(verdict);
  });
});

describe('a StatefulSet that went back, with a broken pod of the revision it left', () => {
  const owner = { kind: 'StatefulSet', uid: 'StatefulSet-uid' };
  const of = (name: string, revision: string) => ({
    meta: { name, owner, labels: { 'controller-revision-hash': revision } },
  });
  const goneBack = statefulSet({}, { readyReplicas: 2, updatedReplicas: 2 });
  const good = [pod(of('web-0', 'web-b')), pod(of('web-1', 'web-b'))];
  const broken = unready(crashLooping(), of('web-2', 'web-c'));

  it('names that pod and the cure, and goes on waiting', () => {
    const message =
      '2 of 3 replicas are ready; pod web-2 of revision web-c is in the way: container app is in ' +
      'CrashLoopBackOff (2 restarts; last exit code 1 (Error) at 2026-03-01T10:00:20.000Z); read its ' +
      'last log lines; Kubernetes may wait for it for ever: delete the pod';
    expect(judge([goneBack], { pods: [...good, broken] })).toMatchObject({
      verdict: 'progressing',
      message: `1 of 1 objects are not ready; StatefulSet shop/web: ${message}`,
      worst: { health: 'Degraded', reason: 'CrashLoopBackOff', pod: { pod: 'web-2' } },
    });
  });

  it.each([
    { name: 'is ready', object: goneBack, pods: [...good, pod(of('web-2', 'web-c'))] },
    {
      name: 'is being deleted',
      object: goneBack,
      pods: [
        ...good,
        unready(crashLooping(), {
          meta: { ...of('web-2', 'web-c').meta, deletionTimestamp: '2026-03-01T10:00:00Z' },
        }),
      ],
    },
    {
      name: 'belongs to a specification that its controller has not seen yet',
      object: statefulSet({}, { observedGeneration: 0 }),
      pods: [broken],
    },
    {
      name: 'is of a StatefulSet whose pods are all started and replaced at once',
      object: statefulSet({ podManagementPolicy: 'Parallel' }, { readyReplicas: 2 }),
      pods: [...good, broken],
    },
  ])('names none that $name', ({ object, pods }) => {
    expect(judge([object], { pods }).message).not.toContain('web-2');
  });

  it('tells a broken pod of the newest revision before it', () => {
    const newest = unready(exited(), of('web-1', 'web-b'));
    const { worst } = judge([goneBack], { pods: [newest, broken] });
    expect(worst?.pod?.pod).toBe('web-1');
  });
});

describe('any verdict', () => {
  const scenes = fc.record({
    objects: fc.subarray([
      deployment(),
      rollingOut,
      statefulSet({}, { readyReplicas: 1 }),
      daemonSet(),
      job([]),
      job([condition('Failed', 'True', 'BackoffLimitExceeded')]),
      configMap,
      live('v1', 'PersistentVolumeClaim', { status: { phase: 'Odd' } }),
      deployment({ meta: { name: 'paused', uid: 'p' }, spec: { paused: true } }),
    ]),
    pods: fc.subarray([
      pod(),
      unready(crashLooping()),
      unready(crashLooping(5), { meta: { name: 'web-2-c' } }),
      unready(waiting('ErrImagePull'), oldPod),
      jobPod(crashLooping()),
    ]),
    now: fc.constantFrom(now, deadlineAt),
  });

  it('is the same in any order of objects and pods', () => {
    const shuffled = scenes.chain((scene) =>
      fc.tuple(fc.constant(scene), shuffle(scene.objects), shuffle(scene.pods)),
    );
    fc.assert(
      fc.property(shuffled, ([scene, objects, pods]) => {
        const replicaSets = [replicaSet('2'), replicaSet('1')];
        expect(judge(objects, { now: scene.now, pods, replicaSets })).toEqual(
          judge(scene.objects, { now: scene.now, pods: scene.pods }),
        );
      }),
    );
  });

  it('does not change with one more healthy object', () => {
    const more = deployment({ meta: { name: 'other', uid: 'other' } });
    fc.assert(
      fc.property(scenes, ({ objects, ...rest }) => {
        const before = judge(objects, rest);
        const after = judge([...objects, more], rest);
        expect(after.verdict).toBe(before.verdict);
        expect(after.worst).toEqual(before.worst);
      }),
    );
  });

  it('never throws, whatever the cluster returns', () => {
    const odd = fc.array(fc.oneof(fc.anything(), fc.jsonValue()), { maxLength: 3 });
    const ref = refOf(configMap);
    fc.assert(
      fc.property(odd, odd, odd, (objects, pods, replicaSets) => {
        const entries = objects.map((object) => ({ ref, object }));
        const { verdict } = judgeRollout({ objects: entries, pods, replicaSets, now });
        expect(['healthy', 'progressing', 'failed']).toContain(verdict);
      }),
    );
  });
});

function judgeFacts(object: Fields): RolloutFacts {
  const objects = [{ ref: refOf(object), object }];
  return { objects, pods: [], replicaSets: [], now, startedAt, deadlineAt };
}

function shuffle<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}
