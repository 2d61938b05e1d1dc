/** The one node of a local cluster. */
export const NODE_NAME = 'local';

const CAPACITY = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '1Ti', pods: '5000' };

/** A node without a machine behind it; kwok plays its kubelet. */
export const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: NODE_NAME,
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
    labels: {
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': NODE_NAME,
      'kubernetes.io/os': 'linux',
    },
  },
  status: { capacity: CAPACITY, allocatable: CAPACITY },
};

/** Makes kwok report the node anew, at its present port. */
export const NODE_IN_DOUBT = {
  status: { conditions: [{ type: 'Ready', status: 'Unknown', reason: 'ClusterRestarted' }] },
};

/**
 * metrics.k8s.io as plain objects: kwok writes usage when a pod gets ready (annotations
 * `apollo.dev/cpu` and `apollo.dev/memory`), and a test may write what it likes.
 */
export const METRICS_DEFINITIONS = [
  metricsDefinition('pods', 'PodMetrics', 'Namespaced'),
  metricsDefinition('nodes', 'NodeMetrics', 'Cluster'),
];

function metricsDefinition(plural: string, kind: string, scope: 'Namespaced' | 'Cluster'): unknown {
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.metrics.k8s.io`,
      // Obligatory for a group of Kubernetes' own that is served in this way.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, local clusters only' },
    },
    spec: {
      group: 'metrics.k8s.io',
      scope,
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: 'v1beta1', served: true, storage: true, schema }],
    },
  };
}
