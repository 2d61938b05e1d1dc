import { describeRef, type KubeApi, type KubeObject, type KubeRef } from '@apollo-deploy/kube';
import { fieldsOf, itemsOf } from '../state/fields.js';
import type { HolderState } from './judge-holder.js';
import type { PodIdentity } from './ledger-entry.js';

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/**
 * Whether a pod of this cluster has ended for good. A kubelet removes a pod only once its containers
 * have ended, so one that is gone is dead if its node answers, is gone, was started anew since
 * (`bootId`: as the pod saw it) or was fenced by a person. A pod forced away from a node that does not
 * answer may run on. Throws `KubeUnavailable`.
 */
export async function podFate(
  kube: KubeApi,
  pod: PodIdentity,
  bootId: string | null,
): Promise<HolderState> {
  const { namespace, name, uid, node } = pod;
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
  const found = await kube.get(ref);
  if (!found.ok && found.error.code !== 'kube/not_found') {
    return notAllowed(ref, `pods in ${namespace}`);
  }
  if (!found.ok || found.value.metadata.uid !== uid) return nodeFate(kube, pod, bootId);
  if (hasEnded(found.value)) return { state: 'dead' };
  const why = `pod ${namespace}/${name} on node ${node} has not ended`;
  return { state: 'unprovable', why };
}

async function nodeFate(
  kube: KubeApi,
  { namespace, name, node }: PodIdentity,
  bootId: string | null,
): Promise<HolderState> {
  const ref = { apiVersion: 'v1', kind: 'Node', name: node };
  const found = await kube.get(ref);
  if (!found.ok) {
    return found.error.code === 'kube/not_found' ? { state: 'dead' } : notAllowed(ref, 'nodes');
  }
  if (wasRestarted(found.value, bootId) || isFenced(found.value) || isReady(found.value)) {
    return { state: 'dead' };
  }
  const why = `pod ${namespace}/${name} is gone, but its node ${node} does not answer and may run it still: if that machine is off, taint it ${OUT_OF_SERVICE}`;
  return { state: 'unprovable', why };
}

/** As its kubelet says; others may call a pod failed without having seen it. */
function hasEnded(pod: KubeObject): boolean {
  const { phase, containerStatuses } = fieldsOf(pod['status']);
  const containers = itemsOf(containerStatuses);
  const ended = containers.every(({ state }) => 'terminated' in fieldsOf(state));
  return (phase === 'Succeeded' || phase === 'Failed') && containers.length > 0 && ended;
}

function wasRestarted(node: KubeObject, bootId: string | null): boolean {
  const { bootID } = fieldsOf(fieldsOf(node['status'])['nodeInfo']);
  return bootId !== null && typeof bootID === 'string' && bootID !== '' && bootID !== bootId;
}

function isFenced(node: KubeObject): boolean {
  return itemsOf(fieldsOf(node['spec'])['taints']).some(({ key }) => key === OUT_OF_SERVICE);
}

function isReady(node: KubeObject): boolean {
  const conditions = itemsOf(fieldsOf(node['status'])['conditions']);
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function notAllowed(ref: KubeRef, what: string): HolderState {
  const why = `${describeRef(ref)} cannot be looked at: give the spoke's account the right to get ${what}`;
  return { state: 'unprovable', why };
}
