import { condition } from './simulated-pod.js';

export interface DeploymentCounts {
  readonly generation: number;
  readonly wanted: number;
  /** All pods, those of older templates too. */
  readonly pods: number;
  /** Pods of the newest template. */
  readonly updated: number;
  /** Pods that are ready, of whatever template. */
  readonly ready: number;
  /** RFC 3339, whole seconds. */
  readonly at: string;
}

/** The status that Kubernetes writes on a Deployment with these pods. */
export function deploymentStatus(counts: DeploymentCounts): Readonly<Record<string, unknown>> {
  const { generation, wanted, pods, updated, ready, at } = counts;
  const done = updated === wanted && pods === updated && ready === wanted;
  const available = ready >= wanted;
  return {
    observedGeneration: generation,
    replicas: pods,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(wanted - ready, 0),
    conditions: [
      condition(
        'Available',
        available,
        available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        at,
      ),
      condition('Progressing', true, done ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated', at),
    ],
  };
}
