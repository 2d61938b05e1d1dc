import { describe, expect, it } from '@jest/globals';
import { computeStatus } from '../compute-status.js';
import { condition, daemonSet, deployment, live, statefulSet } from '../testing/live-objects.js';

const progressing = (reason: string) => ({ health: 'Progressing', reason });

describe('the status of a Deployment', () => {
  const deadline = 'ReplicaSet "web-2" has timed out progressing.';
  const exceeded = condition('Progressing', 'False', 'ProgressDeadlineExceeded', deadline);
  it.each([
    {
      name: 'every replica updated and available',
      object: deployment(),
      expected: {
        health: 'Healthy',
        reason: 'Available',
        message: '3 of 3 replicas are available',
      },
    },
    {
      name: 'scaled to zero',
      object: deployment(
        { spec: { replicas: 0 } },
        { replicas: 0, updatedReplicas: 0, availableReplicas: 0 },
      ),
      expected: { health: 'Healthy', message: '0 of 0 replicas are available' },
    },
    {
      name: 'without a replica count, which means one',
      object: live('apps/v1', 'Deployment', {
        spec: {},
        status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
      }),
      expected: { health: 'Healthy', message: '1 of 1 replicas are available' },
    },
    {
      name: 'one replica short of available',
      object: deployment({}, { availableReplicas: 2 }),
      expected: { ...progressing('ReplicasUnavailable'), message: '2 of 3 replicas are available' },
    },
    {
      name: 'one replica short of updated',
      object: deployment({}, { updatedReplicas: 2 }),
      expected: { ...progressing('ReplicasUpdating'), message: '2 of 3 replicas are updated' },
    },
    {
      name: 'one replica of the old revision still running',
      object: deployment({}, { replicas: 4 }),
      expected: {
        ...progressing('OldReplicasRemaining'),
        message: '1 replica of an older revision still runs',
      },
    },
    {
      name: 'two replicas of the old revision still running',
      object: deployment({}, { replicas: 5 }),
      expected: {
        ...progressing('OldReplicasRemaining'),
        message: '2 replicas of an older revision still run',
      },
    },
    {
      name: 'one updated replica too many',
      object: deployment({}, { replicas: 4, updatedReplicas: 4, availableReplicas: 4 }),
      expected: progressing('ScalingDown'),
    },
    {
      name: 'one replica that is not wanted any more',
      object: deployment(
        { spec: { replicas: 0 } },
        { replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
      ),
      expected: { ...progressing('ScalingDown'), message: '1 replica runs, 0 are wanted' },
    },
    {
      name: 'its newest generation not observed yet',
      object: deployment({ meta: { generation: 2 } }),
      expected: progressing('AwaitingController'),
    },
    {
      name: 'never seen by its controller',
      object: live('apps/v1', 'Deployment', { spec: { replicas: 3 } }),
      expected: progressing('AwaitingController'),
    },
    {
      name: 'past its progress deadline',
      object: deployment({}, { availableReplicas: 2, conditions: [exceeded] }),
      expected: {
        health: 'Degraded',
        reason: 'ProgressDeadlineExceeded',
        message: deadline,
        terminal: true,
      },
    },
    {
      name: 'past its progress deadline for want of quota',
      object: deployment(
        {},
        {
          availableReplicas: 2,
          conditions: [
            exceeded,
            condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota: pods'),
          ],
        },
      ),
      expected: {
        reason: 'ProgressDeadlineExceeded',
        message: `${deadline}; cannot make its replicas: exceeded quota: pods`,
        terminal: true,
      },
    },
    {
      name: 'past the progress deadline of its previous generation',
      object: deployment({ meta: { generation: 2 } }, { conditions: [exceeded] }),
      expected: progressing('AwaitingController'),
    },
    {
      name: 'unable to create pods',
      object: deployment(
        {},
        {
          availableReplicas: 0,
          conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota')],
        },
      ),
      expected: {
        health: 'Degraded',
        reason: 'FailedCreate',
        message: '0 of 3 replicas are available; cannot make the others: exceeded quota',
      },
    },
    {
      name: 'all there, though a surplus pod was not let in',
      object: deployment({}, { conditions: [condition('ReplicaFailure', 'True', 'FailedCreate')] }),
      expected: { health: 'Healthy' },
    },
    {
      name: 'paused once it had arrived',
      object: deployment({ spec: { paused: true } }),
      expected: {
        health: 'Suspended',
        reason: 'Paused',
        message: 'is paused; 3 of 3 replicas are available',
      },
    },
    {
      name: 'paused, though its controller is behind',
      object: deployment({ meta: { generation: 2 }, spec: { paused: true } }),
      expected: { health: 'Suspended', reason: 'Paused', unfinished: true },
    },
    {
      name: 'paused before its first replica',
      object: deployment(
        { spec: { paused: true } },
        { replicas: 0, updatedReplicas: 0, availableReplicas: 0 },
      ),
      expected: {
        health: 'Suspended',
        reason: 'Paused',
        message: 'is paused: 0 of 3 replicas are updated; set spec.paused to false to go on',
        unfinished: true,
      },
    },
    {
      name: 'being deleted',
      object: deployment({ meta: { deletionTimestamp: '2026-03-01T10:00:00Z' } }),
      expected: progressing('Terminating'),
    },
  ])('$name', ({ object, expected }) => {
    expect(computeStatus(object)).toMatchObject(expected);
  });

  it.each([
    { name: 'a second before the change', since: '2026-03-01T10:00:06Z', health: 'Progressing' },
    // No deadline is shorter than a second: what a failed change left, to which a rollback is the answer.
    { name: 'in the second of the change', since: '2026-03-01T10:00:05Z', health: 'Progressing' },
    { name: 'in the second after it', since: '2026-03-01T10:00:04.999Z', health: 'Degraded' },
  ])('holds a progress deadline exceeded $name against it: $health', ({ since, health }) => {
    const object = deployment({}, { replicas: 4, conditions: [exceeded] });
    expect(computeStatus(object, { since: new Date(since) }).health).toBe(health);
  });
});

describe('replicas that cannot be made', () => {
  const failing = (message: string) => ({
    availableReplicas: 0,
    conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', message)],
  });
  const broken = (kind: string, message: string) =>
    kind === 'Deployment'
      ? deployment({}, failing(message))
      : live('apps/v1', 'ReplicaSet', {
          spec: { replicas: 3 },
          status: { observedGeneration: 1, ...failing(message) },
        });
  const quota = 'pods "web-x" is forbidden: exceeded quota: pods, used: pods=3, limited: pods=3';
  const security =
    'pods "web-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot';
  const range =
    'pods "web-x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi';
  describe.each(['Deployment', 'ReplicaSet'])('of a %s', (kind) => {
    it.each([
      { name: 'for want of quota', message: quota, terminal: undefined },
      { name: 'for the security of the namespace', message: security, terminal: true },
      { name: 'for a limit of the namespace', message: range, terminal: true },
    ])('$name: for good = $terminal', ({ message, terminal }) => {
      const status = computeStatus(broken(kind, message));
      expect(status).toMatchObject({ health: 'Degraded', reason: 'FailedCreate' });
      expect(status.terminal).toBe(terminal);
    });

    it.each([
      { name: 'a second before the change', since: '2026-03-01T10:00:06Z', health: 'Progressing' },
      { name: 'in the second of it', since: '2026-03-01T10:00:05.900Z', health: 'Degraded' },
    ])('$name: $health', ({ since, health }) => {
      const status = computeStatus(broken(kind, security), { since: new Date(since) });
      expect(status.health).toBe(health);
    });
  });
});

describe('the status of a StatefulSet', () => {
  const partitioned = (partition: number) => ({
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
  });
  it.each([
    {
      name: 'ready and updated',
      object: statefulSet(),
      expected: { health: 'Healthy', message: '3 of 3 replicas are ready' },
    },
    {
      name: 'observed generation 0',
      object: statefulSet({}, { observedGeneration: 0 }),
      expected: progressing('AwaitingController'),
    },
    {
      name: 'one replica short of ready',
      object: statefulSet({}, { readyReplicas: 2 }),
      expected: { ...progressing('ReplicasNotReady'), message: '2 of 3 replicas are ready' },
    },
    {
      name: 'ready for less time than it has to be',
      object: statefulSet({ minReadySeconds: 30 }, { availableReplicas: 0 }),
      expected: { ...progressing('ReplicasUnavailable'), message: '0 of 3 replicas are available' },
    },
    {
      name: 'ready for as long as it has to be',
      object: statefulSet({ minReadySeconds: 30 }, { availableReplicas: 3 }),
      expected: { health: 'Healthy' },
    },
    {
      name: 'updated on deletion, ready for less time than it has to be',
      object: statefulSet(
        { minReadySeconds: 30, updateStrategy: { type: 'OnDelete' } },
        { availableReplicas: 1 },
      ),
      expected: progressing('ReplicasUnavailable'),
    },
    {
      name: 'one replica too many',
      object: statefulSet({}, { replicas: 4 }),
      expected: { ...progressing('ScalingDown'), message: '4 replicas exist, 3 are wanted' },
    },
    {
      name: 'one replica that is not wanted any more',
      object: statefulSet({ replicas: 0 }, { replicas: 1 }),
      expected: { ...progressing('ScalingDown'), message: '1 replica exists, 0 are wanted' },
    },
    {
      name: 'one replica short of updated',
      object: statefulSet({}, { updatedReplicas: 2, currentRevision: 'web-a' }),
      expected: { ...progressing('ReplicasUpdating'), message: '2 of 3 replicas are updated' },
    },
    {
      name: 'a partition that leaves one replica to update, and it is',
      object: statefulSet(partitioned(2), { updatedReplicas: 1, currentRevision: 'web-a' }),
      expected: { health: 'Healthy' },
    },
    {
      name: 'a partition that leaves one replica to update, and it is not',
      object: statefulSet(partitioned(2), { updatedReplicas: 0, currentRevision: 'web-a' }),
      expected: progressing('ReplicasUpdating'),
    },
    {
      name: 'a partition above the number of replicas',
      object: statefulSet(partitioned(9), { updatedReplicas: 0, currentRevision: 'web-a' }),
      expected: { health: 'Healthy' },
    },
    {
      name: 'two revisions and no rollingUpdate block',
      object: statefulSet(
        { updateStrategy: { type: 'RollingUpdate' } },
        { currentRevision: 'web-a' },
      ),
      expected: progressing('ReplicasUpdating'),
    },
    {
      name: 'updated on deletion, two revisions',
      object: statefulSet({ updateStrategy: { type: 'OnDelete' } }, { currentRevision: 'web-a' }),
      expected: { health: 'Healthy' },
    },
  ])('$name', ({ object, expected }) => {
    expect(computeStatus(object)).toMatchObject(expected);
  });
});

describe('the status of a DaemonSet', () => {
  it.each([
    {
      name: 'updated and available on every node',
      object: daemonSet(),
      expected: { health: 'Healthy', message: '2 of 2 pods are available' },
    },
    {
      name: 'no node wants it',
      object: daemonSet({
        desiredNumberScheduled: 0,
        updatedNumberScheduled: 0,
        numberAvailable: 0,
      }),
      expected: { health: 'Healthy', message: '0 of 0 pods are available' },
    },
    {
      name: 'one pod short of updated',
      object: daemonSet({ updatedNumberScheduled: 1 }),
      expected: { ...progressing('PodsUpdating'), message: '1 of 2 pods are updated' },
    },
    {
      name: 'one pod short of available',
      object: daemonSet({ numberAvailable: 1 }),
      expected: { ...progressing('PodsUnavailable'), message: '1 of 2 pods are available' },
    },
    {
      name: 'updated on deletion, none available',
      object: daemonSet({ numberAvailable: 0 }, { updateStrategy: { type: 'OnDelete' } }),
      expected: { ...progressing('PodsUnavailable'), message: '0 of 2 pods are available' },
    },
    {
      name: 'updated on deletion, available, none updated',
      object: daemonSet({ updatedNumberScheduled: 0 }, { updateStrategy: { type: 'OnDelete' } }),
      expected: { health: 'Healthy', message: '2 of 2 pods are available; updated on deletion' },
    },
    {
      name: 'its controller is behind',
      object: daemonSet({ observedGeneration: 0 }),
      expected: progressing('AwaitingController'),
    },
  ])('$name', ({ object, expected }) => {
    expect(computeStatus(object)).toMatchObject(expected);
  });
});

describe('the status of a ReplicaSet', () => {
  const replicaSet = (status: object) =>
    live('apps/v1', 'ReplicaSet', { spec: { replicas: 2 }, status: { ...status } });
  it.each([
    {
      name: 'every replica available',
      object: replicaSet({ observedGeneration: 1, availableReplicas: 2 }),
      expected: { health: 'Healthy' },
    },
    {
      name: 'one replica short of available',
      object: replicaSet({ observedGeneration: 1, availableReplicas: 1 }),
      expected: progressing('ReplicasUnavailable'),
    },
    {
      name: 'its controller is behind',
      object: replicaSet({ observedGeneration: 0, availableReplicas: 2 }),
      expected: progressing('AwaitingController'),
    },
    {
      name: 'unable to create pods',
      object: replicaSet({
        observedGeneration: 1,
        conditions: [condition('ReplicaFailure', 'True', 'FailedCreate')],
      }),
      expected: { health: 'Degraded', reason: 'FailedCreate' },
    },
    {
      name: 'able to create pods again',
      object: replicaSet({
        observedGeneration: 1,
        availableReplicas: 2,
        conditions: [condition('ReplicaFailure', 'False', 'FailedCreate')],
      }),
      expected: { health: 'Healthy' },
    },
  ])('$name', ({ object, expected }) => {
    expect(computeStatus(object)).toMatchObject(expected);
  });
});
