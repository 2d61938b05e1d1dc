import type { KubeApi } from '@apollo-deploy/kube';
import { judgeHolder, podOutOfSight, type HolderState, type Self } from './judge-holder.js';
import type { LedgerEntry } from './ledger-entry.js';
import { podFate } from './pod-fate.js';
import type { ProcessTable } from './process-table.js';

/**
 * Looks for whoever holds the claim of an entry: among the processes of this machine, or in the cluster
 * where it ran in a pod. Throws `KubeUnavailable`.
 */
export async function findHolder(
  tools: { readonly kube: KubeApi; readonly processes: ProcessTable; readonly self: Self },
  entry: LedgerEntry,
): Promise<HolderState> {
  const { kube, processes, self } = tools;
  if (entry.claim === null) return { state: 'dead' };
  const { holder } = entry.claim;
  const pod = podOutOfSight(holder, self);
  const bootId = holder.machine?.bootId ?? null;
  return judgeHolder(entry, {
    ...{ self, processes: await processes.list() },
    ...(pod !== null && { pod: await podFate(kube, pod, bootId) }),
  });
}
