import { headOf, type ReleaseRecord, type ReleaseState } from '@apollo-deploy/helm';
import type { KubeApi, KubeRef } from '@apollo-deploy/kube';
import type { PlanOffer } from '@apollo-deploy/protocol';
import { manifestRefs } from '../state/manifest-refs.js';
import type { LedgerClaim } from './ledger-entry.js';
import { isBase } from './plan-facts.js';
import type { Findings } from './preflight.js';
import type { ExecutionCollaborators } from './run-control.js';

/** What the ledger keeps of a plan before it changes anything, so that any process can go on with it. */
export async function newClaim(
  { self, clock, kube }: Pick<ExecutionCollaborators, 'self' | 'clock' | 'kube'>,
  { planId, attempt, content }: PlanOffer,
  {
    state,
    epoch,
    found: { hookRuns, foreseen },
    backTo,
  }: {
    readonly state: ReleaseState;
    readonly epoch: number;
    readonly found: Extract<Findings, { verdict: null }>;
    readonly backTo: number | null;
  },
): Promise<LedgerClaim> {
  const head = headOf(state);
  const base = isBase(content, state) ? head : null;
  const objects = content.type === 'uninstall' ? await objectsOf(kube, head) : null;
  return {
    ...{ planId, attempt, epoch, content },
    holder: { ...self },
    claimedAt: clock.now().toISOString(),
    baseSecretUid: base?.secretUid ?? null,
    ...(base !== null && { baseVersion: base.resourceVersion }),
    ...(objects !== null && { objects: [...objects] }),
    ...(backTo !== null && { backTo }),
    hookRuns,
    ...(Object.keys(foreseen).length > 0 && { foreseen }),
  };
}

/** What has to go with the release; null if nobody can tell, since its manifest cannot be read. */
async function objectsOf(
  kube: KubeApi,
  head: ReleaseRecord | null,
): Promise<readonly KubeRef[] | null> {
  if (head === null) return [];
  const refs = await manifestRefs(kube, head, { kept: false });
  return refs.ok ? refs.value : null;
}
