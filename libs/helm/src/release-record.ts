import type { HelmValues } from './helm-command.js';

export const RELEASE_STATUSES = [
  'unknown',
  'deployed',
  'uninstalled',
  'superseded',
  'failed',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
] as const;
export type ReleaseStatus = (typeof RELEASE_STATUSES)[number];

/** The label on release Secrets that says which plan made the revision. */
export const PLAN_LABEL = 'apollo.dev/plan';

export interface ReleaseHook {
  readonly name: string;
  readonly kind: string;
  /** For example `pre-upgrade`. */
  readonly events: readonly string[];
  /** As it was rendered; empty where the record does not say. */
  readonly manifest: string;
}

/** One revision as the list of Secret metadata shows it: cheap, without chart, values, manifest. */
export interface ReleaseRevision {
  readonly revision: number;
  /** From the Secret's label, which lags behind the payload if somebody edited only one of them. */
  readonly status: ReleaseStatus;
  readonly secretName: string;
  readonly secretUid: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One revision of a release, read from its Secret. The Secret UID is its identity over time. */
export interface ReleaseRecord {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** From the payload: the truth for Helm's decisions. */
  readonly status: ReleaseStatus;
  readonly chartName: string;
  readonly chartVersion: string;
  /** `jsonDigest` of the user values; none at all counts as `{}`. */
  readonly valuesDigest: string;
  /** SHA-256 of the manifest text. */
  readonly manifestDigest: string;
  readonly secretName: string;
  readonly secretUid: string;
  readonly resourceVersion: string;
  /** Labels of the Secret without Helm's own. */
  readonly labels: Readonly<Record<string, string>>;
  /** The plan named in the labels. After a rollback that is the plan of the target revision. */
  readonly planId?: string;
  readonly description: string;
  readonly firstDeployed: string;
  readonly lastDeployed: string;
  /** When its removal was last begun, in the zone of whoever did; absent before. */
  readonly deletedAt?: string;
  /** Set on revisions made by a rollback (Helm 4 only). */
  readonly rollbackRevision?: number;
  readonly applyMethod: 'ssa' | 'csa';
  readonly values: HelmValues;
  readonly manifest: string;
  /** What the chart has in its `crds` folder, as YAML documents; absent if it has none. */
  readonly definitions?: string;
  readonly hooks: readonly ReleaseHook[];
}
