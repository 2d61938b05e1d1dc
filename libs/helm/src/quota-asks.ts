import type { ApiResource, KubeObject } from '@apollo-deploy/kube';
import { groupOf } from './account-rights.js';

/** Core kinds that quotas count under their plain names as well. */
const BY_NAME: readonly string[] = [
  ...['configmaps', 'persistentvolumeclaims', 'pods', 'replicationcontrollers'],
  ...['resourcequotas', 'secrets', 'services'],
];

interface ServiceSpec {
  readonly type?: string;
  readonly ports?: readonly { readonly nodePort?: number }[];
  readonly allocateLoadBalancerNodePorts?: boolean;
}

interface ClaimSpec {
  readonly storageClassName?: string;
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/**
 * What one new object asks of the quotas of its namespace, by the names that a ResourceQuota has for it:
 * how many there are, and of claims how much they store. What pods compute with is left out, since
 * others than the chart make most of them. The object as the API server completes it.
 */
export function quotaAsks(
  object: KubeObject,
  resource: Pick<ApiResource, 'apiVersion' | 'plural'>,
): Readonly<Record<string, string>> {
  const { plural } = resource;
  const group = groupOf(resource);
  if (group !== '') return { [`count/${plural}.${group}`]: '1' };
  return {
    [`count/${plural}`]: '1',
    ...(BY_NAME.includes(plural) && { [plural]: '1' }),
    ...(plural === 'services' && ofService(object['spec'] ?? {})),
    ...(plural === 'persistentvolumeclaims' && ofClaim(object['spec'] ?? {})),
  };
}

function ofService(spec: ServiceSpec): Record<string, string> {
  const { type, ports = [], allocateLoadBalancerNodePorts = true } = spec;
  if (type === 'NodePort') return { 'services.nodeports': String(ports.length) };
  if (type !== 'LoadBalancer') return {};
  const named = ports.filter(({ nodePort = 0 }) => nodePort > 0);
  const nodePorts = allocateLoadBalancerNodePorts ? ports : named;
  return {
    'services.loadbalancers': '1',
    'services.nodeports': String(nodePorts.length),
  };
}

function ofClaim({ storageClassName = '', resources }: ClaimSpec): Record<string, string> {
  const storage = resources?.requests?.storage ?? '0';
  const ofClass = `${storageClassName}.storageclass.storage.k8s.io`;
  return {
    'requests.storage': storage,
    ...(storageClassName !== '' && {
      [`${ofClass}/requests.storage`]: storage,
      [`${ofClass}/persistentvolumeclaims`]: '1',
    }),
  };
}
