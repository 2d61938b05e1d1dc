import type { Health, ReportedRelease, ReportedState } from '@apollo-deploy/domain';
import type { ReleaseSummary, SpokeRecord } from '../ports/records.js';

/**
 * What the hub reads of a release report. The hub's edge has checked the whole report against the
 * protocol before it is stored.
 */
export interface StoredReport {
  readonly head: {
    readonly revision: number;
    readonly status: string;
    readonly chartVersion: string;
    readonly valuesDigest: string;
    readonly releaseDigest: string;
    readonly planId?: string;
    readonly deployed?: { readonly revision: number; readonly chartVersion: string };
  };
  readonly health: Health;
  readonly reason?: string;
  readonly message?: string;
  readonly drift: readonly { readonly message: string }[];
}

/** The reported state of an entity, or `undefined` while its spoke has never reported. */
export function reportedState(
  spoke: SpokeRecord | undefined,
  stored: ReleaseSummary | undefined,
): ReportedState | undefined {
  if (spoke?.stateAt === undefined) return undefined;
  return { at: spoke.stateAt, release: stored === undefined ? null : reportedRelease(stored) };
}

/** What a stored report says of its release. */
export function reportedRelease({ report }: Pick<ReleaseSummary, 'report'>): ReportedRelease {
  const { head, health, reason, message, drift } = report as StoredReport;
  return {
    ...revisionOf(head),
    valuesDigest: head.valuesDigest,
    releaseDigest: head.releaseDigest,
    ...(head.planId !== undefined && { planId: head.planId }),
    health,
    ...(reason !== undefined && { reason }),
    ...(drift[0] !== undefined
      ? { message: drift[0].message }
      : message !== undefined && { message }),
    drifted: drift.length > 0,
  };
}

/** The part of a reported release that says which version runs. */
type ReportedRevision = Pick<ReportedRelease, 'helmStatus' | 'revision' | 'version' | 'deployed'>;

/** What a stored head says of its revision. */
export function headOf({ report }: Pick<ReleaseSummary, 'report'>): ReportedRevision {
  return revisionOf((report as StoredReport).head);
}

function revisionOf({
  status,
  revision,
  chartVersion,
  deployed,
}: StoredReport['head']): ReportedRevision {
  return {
    helmStatus: status,
    revision,
    version: chartVersion,
    ...(deployed !== undefined && {
      deployed: { revision: deployed.revision, version: deployed.chartVersion },
    }),
  };
}
