import type { KubeObject } from '@apollo-deploy/kube';
import type { Behaviour } from './pod-fate.js';

type Fields = Readonly<Record<string, unknown>>;

const CONTAINER = 'app';
const RESTARTS = 3;

/** What a pod's containers last wrote, where that tells why it fails. */
export const CRASH_LOG = 'simulated: cannot connect to the database\nsimulated: giving up\n';

/** The status of a pod that has just been made. */
export function startingStatus(at: string): Fields {
  return {
    phase: 'Pending',
    startTime: at,
    conditions: [condition('PodScheduled', true, 'Scheduled', at), notReady(at)],
    containerStatuses: [container({ state: { waiting: { reason: 'ContainerCreating' } } })],
  };
}

/** The status of a pod once it is seen what becomes of it. */
export function settledStatus(behaviour: Behaviour, at: string): Fields {
  const scheduled = condition('PodScheduled', true, 'Scheduled', at);
  const running = { running: { startedAt: at } };
  switch (behaviour) {
    case 'ready':
      return {
        ...{ phase: 'Running', startTime: at },
        conditions: [scheduled, condition('Ready', true, 'PodReady', at)],
        containerStatuses: [container({ ready: true, state: running })],
      };
    case 'never-ready':
      return {
        ...{ phase: 'Running', startTime: at },
        conditions: [scheduled, notReady(at)],
        containerStatuses: [container({ state: running })],
      };
    case 'crash-loop':
      return {
        ...{ phase: 'Running', startTime: at },
        conditions: [scheduled, notReady(at)],
        containerStatuses: [crashing(at)],
      };
    case 'image-pull': {
      const message = 'Back-off pulling the image: manifest unknown (simulated)';
      const waiting = { reason: 'ImagePullBackOff', message };
      return {
        ...{ phase: 'Pending', startTime: at },
        conditions: [scheduled, notReady(at)],
        containerStatuses: [container({ state: { waiting } })],
      };
    }
  }
}

/** Whether Kubernetes calls the pod ready. */
export function isReady({ status }: KubeObject): boolean {
  const conditions = (status as { readonly conditions?: readonly Fields[] } | undefined)
    ?.conditions;
  return (conditions ?? []).some((one) => one['type'] === 'Ready' && one['status'] === 'True');
}

/** A condition as Kubernetes writes it. */
export function condition(type: string, holds: boolean, reason: string, at: string): Fields {
  const status = holds ? 'True' : 'False';
  const message = `${type} is ${status} (simulated)`;
  return { type, status, reason, message, lastUpdateTime: at, lastTransitionTime: at };
}

function notReady(at: string): Fields {
  return condition('Ready', false, 'ContainersNotReady', at);
}

function crashing(at: string): Fields {
  const message = 'back-off 40s restarting failed container (simulated)';
  return container({
    restartCount: RESTARTS,
    state: { waiting: { reason: 'CrashLoopBackOff', message } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: at } },
  });
}

function container(fields: Fields): Fields {
  return { name: CONTAINER, ready: false, restartCount: 0, lastState: {}, ...fields };
}
