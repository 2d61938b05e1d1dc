import { formatHelmVersion, type HelmRunner } from '@apollo-deploy/helm';
import {
  KEEPS_AUDIT_HEADS,
  READS_BREAK_GLASS,
  type SpokePayload,
  TAKES_SIGNED_PLANS,
} from '@apollo-deploy/protocol';
import { AGENT_VERSION } from './agent-version.js';
import type { Clock } from './clock.js';
import type { Self } from './execution/judge-holder.js';
import type { TrustedKeys } from './trust/trusted-keys.js';

/** The cluster this spoke works in. */
export interface ClusterIdentity {
  /** UID of the kube-system namespace. */
  readonly uid: string;
  readonly kubernetesVersion: string;
}

/** Of what a spoke speaks when it says who it is. */
interface Introduced {
  readonly cluster: ClusterIdentity;
  readonly self: Self;
  readonly helm: Pick<HelmRunner, 'version'>;
  readonly clock: Clock;
  readonly keys?: Pick<TrustedKeys, 'trust'>;
  readonly simulated?: boolean;
}

const CAPABILITIES = [
  ...['install', 'upgrade', 'config_update', 'rollback', 'uninstall'],
  ...['adopt', 'refuse_conflicts', 'tell_ledger', READS_BREAK_GLASS],
];
const PROTOCOL = { min: 1, max: 1 };

/** What a spoke says first in each session: who it is, and what it can do. */
export function helloOf(
  { cluster, self, helm, clock, keys, simulated = false }: Introduced,
  keepsHeads: boolean,
): SpokePayload<'hello'> {
  const trusts = keys?.trust;
  return {
    agentVersion: AGENT_VERSION,
    protocol: PROTOCOL,
    agentInstance: self.instance,
    clusterUid: cluster.uid,
    helmVersion: formatHelmVersion(helm.version),
    kubernetesVersion: cluster.kubernetesVersion,
    capabilities: [
      ...CAPABILITIES,
      ...(trusts === undefined ? [] : [TAKES_SIGNED_PLANS]),
      ...(keepsHeads ? [KEEPS_AUDIT_HEADS] : []),
    ],
    ...(trusts !== undefined && { trusts }),
    simulated,
    clock: clock.now().toISOString(),
  };
}
