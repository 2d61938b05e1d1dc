import type { Json } from '@apollo-deploy/kernel';
import type { Rollout } from '../strategies/rollout.js';

/** Helm values: a JSON object. */
export type Values = Readonly<Record<string, Json>>;

/** What should run: whatever a channel brings, the newest in a range, one version, or nothing. */
export type DesiredState =
  | { readonly channel: string }
  | { readonly range: string }
  | { readonly version: string }
  | { readonly absent: true };

/**
 * What becomes of fields that others have set and the chart sets too: the chart takes them back, or the
 * plan is refused before it touches anything. Fields that a controller owns are refused either way.
 */
export const FIELD_CONFLICTS = ['override', 'refuse'] as const;
export type FieldConflicts = (typeof FIELD_CONFLICTS)[number];

/** A change of what gets into the plans of an entity: whose, and which version of the entity it made. */
export interface EntityEdit {
  readonly by: string;
  readonly version: number;
}

/** One installation of a product on one spoke. */
export interface Entity {
  readonly name: string;
  readonly spoke: string;
  readonly environment: string;
  readonly product: string;
  readonly namespace: string;
  readonly releaseName: string;
  readonly desired: DesiredState;
  readonly values: Values;
  readonly labels: Readonly<Record<string, string>>;
  readonly strategy: 'rolling';
  /** Its next plan may take over a release that Apollo did not make; used up by that plan. */
  readonly adopt?: boolean;
  /** Absent: `override`. */
  readonly fieldConflicts?: FieldConflicts;
  /** What a deployment adds to `values` while its strategy is under way; see `desiredValues`. */
  readonly rollout?: Rollout;
  /** Who last changed what gets into its plans. */
  readonly editedBy: string;
  /** Absent: a version of the hub made it that did not keep them. See `editsOf`. */
  readonly edits?: readonly EntityEdit[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

/** How well live objects do, worst last. */
export const HEALTHS = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
] as const;
export type Health = (typeof HEALTHS)[number];

/** The head of a Helm release, and how its objects do, as the spoke saw them. */
export interface ReportedRelease {
  readonly helmStatus: string;
  readonly revision: number;
  /** Version of the chart at the head. */
  readonly version: string;
  readonly valuesDigest: string;
  /** Identity of the head: changes whenever anybody runs Helm on this release. */
  readonly releaseDigest: string;
  /** The plan whose outcome the head is, by its own label; absent if it was not Apollo's. */
  readonly planId?: string;
  /**
   * No revision of it is the work of a plan, so that only a plan that adopts it may touch it. Absent:
   * it is Apollo's, or its spoke is of a version that does not say.
   */
  readonly unmanaged?: boolean;
  /** The newest revision that Helm says is deployed, where that is not the head. */
  readonly deployed?: { readonly revision: number; readonly version: string };
  readonly health: Health;
  readonly reason?: string;
  readonly message?: string;
  /** True if live objects differ from the release's manifest. */
  readonly drifted: boolean;
}

/** The last thing the spoke said about an entity. */
export interface ReportedState {
  readonly at: string;
  /** `null`: the spoke looked, and there is no such release. */
  readonly release: ReportedRelease | null;
}
