import type { Health, ReportedRecord, ReportedRelease, ReportedState } from '@apollo-deploy/domain';
import type { ReleaseSummary, SpokeRecord } from '../ports/records.js';
import { sees } from './sight.js';

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
    readonly secretUid: string;
    readonly planId?: string;
    readonly unmanaged?: boolean;
    readonly deployed?: { readonly revision: number; readonly chartVersion: string };
  };
  readonly health: Health;
  readonly reason?: string;
  readonly message?: string;
  readonly drift: readonly { readonly message: string }[];
  /** By the clock of the spoke. */
  readonly observedAt: string;
}

/**
 * The reported state of an entity, or `undefined` while its spoke has never reported, and where it does
 * not see the namespace: what it does not tell of there need not be absent.
 */
export function reportedState(
  { namespace }: { readonly namespace: string },
  spoke: SpokeRecord | undefined,
  stored: ReleaseSummary | undefined,
): ReportedState | undefined {
  if (spoke?.stateAt === undefined || !sees(spoke.hello, namespace)) return undefined;
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
    ...(head.unmanaged === true && { unmanaged: true }),
    health,
    ...(reason !== undefined && { reason }),
    ...(drift[0] !== undefined
      ? { message: drift[0].message }
      : message !== undefined && { message }),
    drifted: drift.length > 0,
  };
}

/** The identity and content of the head's record. */
export function reportedRecord({ report }: Pick<ReleaseSummary, 'report'>): ReportedRecord {
  return (report as StoredReport).head;
}

/** The part of a reported release that says which version runs. */
type ReportedRevision = Pick<ReportedRelease, 'helmStatus' | 'revision' | 'version' | 'deployed'>;
type RunningRevision = ReportedRevision & Pick<ReportedRelease, 'health' | 'unmanaged'>;

/** What a stored report says of the head's revision, and whether anything came of it. */
export function headOf({ report }: Pick<ReleaseSummary, 'report'>): RunningRevision {
  const { head, health } = report as StoredReport;
  return { ...revisionOf(head), health, ...(head.unmanaged === true && { unmanaged: true }) };
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
