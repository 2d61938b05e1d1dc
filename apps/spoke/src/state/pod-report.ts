import { diagnosePod } from '@apollo-deploy/k8s-status';
import { sumQuantities, type KubeObject } from '@apollo-deploy/kube';
import type { PodReport } from '@apollo-deploy/protocol';
import { fieldsOf, itemsOf, numberOf, textOf, type Fields } from './fields.js';
import { lastTermination } from './last-termination.js';
import type { Quantities } from './pod-usage.js';

/** What the hub is told of one pod. Environment and arguments stay in the cluster. */
export function podReport(
  pod: KubeObject,
  { now, usage }: { readonly now: Date; readonly usage: Quantities | undefined },
): PodReport {
  const spec = fieldsOf(pod['spec']);
  const status = fieldsOf(pod['status']);
  const containers = itemsOf(spec['containers']);
  const statuses = itemsOf(status['containerStatuses']);
  const diagnosis = diagnosePod(pod, { now });
  const image = textOf(containers[0]?.['image']);
  const first = statuses.find(({ name }) => name === containers[0]?.['name']);
  const ended = lastTermination(status);
  const imageDigest = textOf(first?.['imageID']);
  return {
    name: pod.metadata.name,
    phase: (textOf(status['phase']) ?? 'Unknown').slice(0, 64),
    ready: itemsOf(status['conditions']).some(
      (c) => c['type'] === 'Ready' && c['status'] === 'True',
    ),
    restarts: statuses.reduce((sum, { restartCount }) => sum + (numberOf(restartCount) ?? 0), 0),
    ...(diagnosis.health !== 'Healthy' && {
      reason: diagnosis.reason.slice(0, 256),
      message: diagnosis.message.slice(0, 2048),
    }),
    ...(image !== undefined && { image: image.slice(0, 1024) }),
    ...(imageDigest !== undefined && { imageDigest: imageDigest.slice(0, 1024) }),
    requests: totals(containers, 'requests'),
    limits: totals(containers, 'limits'),
    ...(usage !== undefined && { usage }),
    ...(ended !== undefined && { lastTermination: ended }),
  };
}

/** Of all containers that run for as long as the pod does; what cannot be read is left out. */
function totals(
  containers: readonly Fields[],
  what: 'requests' | 'limits',
): Record<string, string> {
  const amounts = new Map<string, string[]>();
  for (const container of containers) {
    const stated = fieldsOf(fieldsOf(container['resources'])[what]);
    for (const [resource, amount] of Object.entries(stated)) {
      const text = typeof amount === 'number' ? String(amount) : textOf(amount);
      if (text !== undefined) amounts.set(resource, [...(amounts.get(resource) ?? []), text]);
    }
  }
  return Object.fromEntries(
    [...amounts].flatMap(([resource, stated]) => {
      const sum = sumQuantities(stated);
      return sum === null || sum.length > 64 ? [] : [[resource, sum]];
    }),
  );
}
