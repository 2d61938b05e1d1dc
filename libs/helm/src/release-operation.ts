import type { HelmValues } from './helm-command.js';
import type { ReleaseRecord } from './release-record.js';

/**
 * The state a plan was made for. `revision` 0 means "no release"; `secretUid` null means that the
 * plan does not know it, so only the number is compared.
 */
export interface ReleaseBase {
  readonly revision: number;
  readonly secretUid: string | null;
}

/** The chart of an operation: bytes on this machine and what is written in its Chart.yaml. */
export interface ChartArchive {
  readonly path: string;
  readonly name: string;
  readonly version: string;
}

interface OperationTarget {
  readonly planId: string;
  readonly release: string;
  readonly namespace: string;
  readonly base: ReleaseBase;
  /** Accept a release that Apollo did not make. Default false. */
  readonly adopt?: boolean;
  /** Of fields that others have set and the plan sets too. Default: the plan takes them back. */
  readonly fieldConflicts?: 'refuse';
}

interface OperationContent {
  readonly chart: ChartArchive;
  readonly values: HelmValues;
}

export interface InstallOperation extends OperationTarget, OperationContent {
  readonly type: 'install';
  /** Let Helm make the namespace; needs the right to do so even if it exists. Default false. */
  readonly createNamespace?: boolean;
}
export interface UpgradeOperation extends OperationTarget, OperationContent {
  readonly type: 'upgrade';
}
/** New values on the chart version that is deployed; another chart version is refused. */
export interface ConfigUpdateOperation extends OperationTarget, OperationContent {
  readonly type: 'config_update';
}
export interface RollbackOperation extends OperationTarget {
  readonly type: 'rollback';
  readonly revision: number;
}
export interface UninstallOperation extends OperationTarget {
  readonly type: 'uninstall';
}

/** What a plan wants done to one release; one type for each plan type. */
export type ReleaseOperation =
  | InstallOperation
  | UpgradeOperation
  | ConfigUpdateOperation
  | RollbackOperation
  | UninstallOperation;

/** An operation with what is known while it is carried out; what the decisions are made from. */
export interface ReleaseAsk {
  readonly operation: ReleaseOperation;
  /** `jsonDigest` of the operation's values; empty for those that bring none. */
  readonly valuesDigest: string;
  /** The process behind a pending record is proven dead. */
  readonly deadHolder: boolean;
  /** This run has already removed what was left of the release. */
  readonly removed: boolean;
}

/**
 * What Helm's history says of a revision once it is in effect. A rollback's (Helm 4 only) says so from
 * its first write on, the others say first what Helm does; a failure overwrites it. At most 256
 * characters.
 */
export function planDescription(planId: string, verb: 'install' | 'upgrade' | 'rollback'): string {
  return `apollo plan ${planId}: ${verb}`;
}

/** What tells a plan's rollback from another, which takes its labels from its target. */
export function rollbackDescription(planId: string): string {
  return planDescription(planId, 'rollback');
}

const OF_A_PLAN = /^apollo plan \S+: (?:install|upgrade|rollback)$/;

/**
 * True if the revision was put in effect by a plan. Its label proves nothing, since Helm hands labels on
 * to whatever anybody does next; false as well for a rollback by Helm 3, which takes no description.
 */
export function isPlanRevision({ description }: Pick<ReleaseRecord, 'description'>): boolean {
  return OF_A_PLAN.test(description);
}
