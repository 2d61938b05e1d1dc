import type { Fields } from '../live-fields.js';

/** Live objects as an API server returns them, cut down to what a status depends on. */

interface Meta {
  readonly name?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly creationTimestamp?: string;
  readonly annotations?: Fields;
  readonly labels?: Fields;
  readonly owner?: { readonly kind: string; readonly uid: string } | undefined;
}

export interface ObjectParts {
  readonly meta?: Meta;
  readonly spec?: Fields;
  readonly status?: Fields | undefined;
}

export function live(apiVersion: string, kind: string, parts: ObjectParts = {}): Fields {
  const { owner, ...meta } = parts.meta ?? {};
  const ownerReferences = owner === undefined ? [] : [{ ...owner, name: 'x', controller: true }];
  return {
    apiVersion,
    kind,
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: `${kind}-uid`,
      generation: 1,
      creationTimestamp: '2026-03-01T10:00:00Z',
      ...meta,
      ownerReferences,
    },
    ...(parts.spec === undefined ? {} : { spec: parts.spec }),
    ...(parts.status === undefined ? {} : { status: parts.status }),
  };
}

export function condition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message = `${type} is ${status}`,
  at = '2026-03-01T10:00:05Z',
): Fields {
  return { type, status, reason, message, lastUpdateTime: at, lastTransitionTime: at };
}

/** Three replicas, all there and available; `status` replaces single members. */
export function deployment(
  { meta = {}, spec = {} }: ObjectParts = {},
  status: Fields = {},
): Fields {
  return live('apps/v1', 'Deployment', {
    meta: { annotations: { 'deployment.kubernetes.io/revision': '2' }, ...meta },
    spec: { replicas: 3, ...spec },
    status: {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      conditions: [
        condition('Available', 'True', 'MinimumReplicasAvailable'),
        condition('Progressing', 'True', 'NewReplicaSetAvailable'),
      ],
      ...status,
    },
  });
}

/** The ReplicaSet of a revision of the Deployment with that uid. */
export function replicaSet(revision: string, owner = 'Deployment-uid'): Fields {
  return live('apps/v1', 'ReplicaSet', {
    meta: {
      name: `web-${revision}`,
      uid: `rs-${revision}`,
      annotations: { 'deployment.kubernetes.io/revision': revision },
      owner: { kind: 'Deployment', uid: owner },
    },
    spec: { replicas: 3 },
    status: { observedGeneration: 1, replicas: 3, availableReplicas: 3 },
  });
}

export function statefulSet(spec: Fields = {}, status: Fields = {}): Fields {
  return live('apps/v1', 'StatefulSet', {
    spec: {
      replicas: 3,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      ...spec,
    },
    status: {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      currentRevision: 'web-b',
      updateRevision: 'web-b',
      ...status,
    },
  });
}

export function daemonSet(status: Fields = {}, spec: Fields = {}): Fields {
  return live('apps/v1', 'DaemonSet', {
    meta: { annotations: { 'deprecated.daemonset.template.generation': '2' } },
    spec: { updateStrategy: { type: 'RollingUpdate' }, ...spec },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberReady: 2,
      numberAvailable: 2,
      ...status,
    },
  });
}

/** A running, ready pod of the newest ReplicaSet. */
export function pod({ meta = {}, spec = {} }: ObjectParts = {}, status: Fields = {}): Fields {
  return live('v1', 'Pod', {
    meta: { name: 'web-2-abc', owner: { kind: 'ReplicaSet', uid: 'rs-2' }, ...meta },
    spec: { restartPolicy: 'Always', containers: [{ name: 'app' }], ...spec },
    status: {
      phase: 'Running',
      startTime: '2026-03-01T10:00:01Z',
      conditions: [
        condition('PodScheduled', 'True', 'Scheduled'),
        condition('Ready', 'True', 'PodReady'),
      ],
      containerStatuses: [running()],
      ...status,
    },
  });
}

const NOT_READY = condition(
  'Ready',
  'False',
  'ContainersNotReady',
  'containers with unready status: [app]',
);

/** The same pod, not ready, its one container in the given state. */
export function unready(container: Fields, parts: ObjectParts = {}, phase = 'Running'): Fields {
  return pod(parts, { phase, conditions: [NOT_READY], containerStatuses: [container] });
}

export function running(name = 'app', ready = true): Fields {
  return {
    name,
    ready,
    restartCount: 0,
    state: { running: { startedAt: '2026-03-01T10:00:02Z' } },
    lastState: {},
  };
}

export function waiting(reason: string, message?: string, name = 'app'): Fields {
  const state = { waiting: { reason, ...(message === undefined ? {} : { message }) } };
  return { name, ready: false, restartCount: 0, state, lastState: {} };
}

export function exit(
  exitCode: number,
  reason: string,
  finishedAt = '2026-03-01T10:00:20Z',
): Fields {
  return { exitCode, reason, finishedAt };
}

/** Its first exit: no back-off yet. */
export function exited(terminated: Fields = exit(1, 'Error')): Fields {
  return { name: 'app', ready: false, restartCount: 0, state: { terminated }, lastState: {} };
}

export function crashLooping(restartCount = 2, terminated: Fields = exit(1, 'Error')): Fields {
  return {
    name: 'app',
    ready: false,
    restartCount,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 20s restarting failed' } },
    lastState: { terminated },
  };
}
