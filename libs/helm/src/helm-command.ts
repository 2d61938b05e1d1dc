import type { Json } from '@apollo-deploy/kernel';

/** User values of a release: what people call `values.yaml`. */
export type HelmValues = { readonly [key: string]: Json | undefined };

interface ReleaseTarget {
  /** Release name, valid by `parseReleaseName`. */
  readonly release: string;
  readonly namespace: string;
  /** Marks the revision as this plan's outcome; valid by `parsePlanLabel`. */
  readonly planId: string;
  /** Helm's own limit for each hook and each wait (not for the whole command), in milliseconds. */
  readonly timeoutMs: number;
}

interface ChartContent {
  /** Path of the chart archive on this machine. */
  readonly chartPath: string;
  /** All user values of the new revision; nothing of an older revision is kept. */
  readonly values: HelmValues;
}

export interface HelmInstall extends ReleaseTarget, ChartContent {
  readonly verb: 'install';
  readonly createNamespace: boolean;
}

export interface HelmUpgrade extends ReleaseTarget, ChartContent {
  readonly verb: 'upgrade';
  /** Take over fields other managers own; only for releases kept by server-side apply. */
  readonly forceConflicts: boolean;
}

export interface HelmRollback extends ReleaseTarget {
  readonly verb: 'rollback';
  /** The revision to go back to, always named. */
  readonly revision: number;
  readonly forceConflicts: boolean;
}

export interface HelmUninstall extends ReleaseTarget {
  readonly verb: 'uninstall';
}

/** One thing Helm is asked to do to one release. Each makes at most one revision. */
export type HelmCommand = HelmInstall | HelmUpgrade | HelmRollback | HelmUninstall;

/** What is rendered without touching the cluster. */
export interface HelmRender extends ChartContent {
  readonly release: string;
  readonly namespace: string;
  /** Renders as an upgrade would (`.Release.IsUpgrade`). */
  readonly isUpgrade: boolean;
  /** The cluster's version, for example `v1.36.3`. */
  readonly kubeVersion: string;
  /** What the cluster serves, as `group/version` and `group/version/Kind`. */
  readonly apiVersions: readonly string[];
}
