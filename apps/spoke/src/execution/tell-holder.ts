import { CONFIRMED_DEAD } from './config-map-ledger.js';
import type { LedgerClaim, ReleaseRef } from './ledger-entry.js';

/** That a plan waits for whoever holds its release, `why`, and how a person ends that, in words for people. */
export function tellHolder(
  { namespace, releaseName }: ReleaseRef,
  { planId, holder }: LedgerClaim,
  why: string,
): string {
  const told = `release ${releaseName} in ${namespace} is claimed for plan ${planId}, and ${why}`;
  const cure =
    'if it is certainly dead, say so with the annotation ' +
    `${CONFIRMED_DEAD}=${holder.instance} on the ledger of ${namespace}/${releaseName}`;
  return `${told}; ${cure}`;
}
