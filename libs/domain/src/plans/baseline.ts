import type { Values } from '../catalog/entity.js';
import type { PlanContent, PlanEvidence } from './plan.js';

/** Content of an entity that can be brought back exactly as it was. */
export interface RestorableContent {
  readonly version: string;
  readonly chart: NonNullable<PlanContent['chart']>;
  readonly values: Values;
  readonly valuesDigest: string;
  /** As `contentKey` of a plan that brings it. */
  readonly contentKey: string;
}

/** Content that SUCCEEDED on an entity: what a repair restores and a rollback goes back to. */
export interface Baseline extends RestorableContent {
  readonly entity: string;
  /** The plan that brought it; absent if it was there without a plan. */
  readonly planId?: string;
  /** Edits of the entity up to this version are in it. Absent: nobody knows of any that are. */
  readonly entityVersion?: number;
  /** When it SUCCEEDED. RFC 3339. */
  readonly at: string;
  /** `plan`: its plan SUCCEEDED; `observed`: it ran as desired and Healthy for the settling time. */
  readonly how: 'plan' | 'observed';
  /** What was seen that proves it. */
  readonly evidence?: PlanEvidence;
}

/** How many contents are remembered for an entity, the newest ones. */
export const BASELINES_KEPT = 10;
