import type { ReleaseBase, ReleaseOperation } from '../release-operation.js';
import {
  PLAN_LABEL,
  type ReleaseRecord,
  type ReleaseRevision,
  type ReleaseStatus,
} from '../release-record.js';
import { releaseState, type ReleaseState } from '../release-state.js';

export type OperationType = ReleaseOperation['type'];

/** An operation of plan `plan-1`: chart `web` 2.0.0; a rollback goes to revision 1. */
export function operationOf(type: OperationType, base: ReleaseBase): ReleaseOperation {
  const target = { planId: 'plan-1', release: 'web', namespace: 'shop', base };
  if (type === 'rollback') return { type, ...target, revision: 1 };
  if (type === 'uninstall') return { type, ...target };
  const chart = { path: 'web-2.0.0.tgz', name: 'web', version: '2.0.0' };
  return { type, ...target, chart, values: {} };
}

/**
 * A release with these revisions, `from` (default 1) and up, the UID of revision N being `uid-N`.
 * `head`: what is different about the newest; its plan id is its label as well.
 */
export function observed(
  statuses: readonly ReleaseStatus[],
  options: {
    readonly from?: number;
    readonly unmanaged?: boolean;
    readonly head?: Partial<ReleaseRecord>;
  } = {},
): ReleaseState {
  const labels: Record<string, string> =
    options.unmanaged === true ? {} : { [PLAN_LABEL]: 'plan-0' };
  const records = statuses.map((status, index) =>
    recordOf(index + (options.from ?? 1), status, labels),
  );
  const newest = records.at(-1);
  if (newest === undefined) return { kind: 'absent' };
  const older = records.slice(0, -1);
  const lastDeployed = older.findLast(({ status }) => status === 'deployed');
  const planId = options.head?.planId;
  const own = planId === undefined ? {} : { labels: { [PLAN_LABEL]: planId } };
  const head = { ...newest, ...own, ...options.head };
  return releaseState({
    history: [...older, head].map(revisionOf),
    head,
    lastDeployed: lastDeployed ?? null,
  });
}

function recordOf(
  revision: number,
  status: ReleaseStatus,
  labels: Readonly<Record<string, string>>,
): ReleaseRecord {
  return {
    name: 'web',
    namespace: 'shop',
    revision,
    status,
    chartName: 'web',
    chartVersion: '2.0.0',
    valuesDigest: 'before',
    manifestDigest: `manifest-${String(revision)}`,
    secretName: `sh.helm.release.v1.web.v${String(revision)}`,
    secretUid: `uid-${String(revision)}`,
    resourceVersion: String(revision),
    labels,
    ...(labels[PLAN_LABEL] !== undefined && { planId: labels[PLAN_LABEL] }),
    description: '',
    firstDeployed: '2026-01-01T00:00:00Z',
    lastDeployed: '2026-01-01T00:00:00Z',
    applyMethod: 'ssa',
    values: {},
    manifest: '',
    hooks: [],
  };
}

function revisionOf(record: ReleaseRecord): ReleaseRevision {
  const { revision, status, secretName, secretUid, resourceVersion, labels } = record;
  return { revision, status, secretName, secretUid, resourceVersion, labels };
}
