import type { Environment, Tier } from '../catalog/environment.js';
import type { Release } from '../catalog/release.js';
import type { AbleSpoke } from './missing-capabilities.js';

/** How a chart has done on one entity. */
export interface SourceRun {
  readonly entity: string;
  readonly environment: string;
  readonly tier: Tier;
  /** A plan to it SUCCEEDED there and it was Healthy afterwards. */
  readonly proven: boolean;
  /** For how long it was seen Healthy, in milliseconds, as of `PromotionFacts.asOf`. */
  readonly healthyMs: number;
  /** Whether it is Healthy now and its spoke is heard, so that the time goes on. */
  readonly underway: boolean;
}

/** What is known of a release before it comes to one entity. */
export interface PromotionFacts {
  readonly product: string;
  readonly version: string;
  /** Where it would come to. */
  readonly tier: Tier;
  /** Whether another version runs there, or nothing. */
  readonly changesVersion: boolean;
  readonly asOf: Date;
  /** How it did elsewhere: of each environment those entities that matter. */
  readonly runs: readonly SourceRun[];
  /** From which tiers a promotion path leads there. */
  readonly sourceTiers: readonly Tier[];
  /** Environments of lower tiers in which the product has an entity. */
  readonly lowerEnvironments: readonly Pick<Environment, 'name' | 'tier'>[];
}

/** A release that may become the target of an entity. */
export interface CandidateFacts {
  readonly release: Pick<Release, 'product' | 'version' | 'requires'>;
  readonly spoke: AbleSpoke;
  readonly now: Date;
  /** Of the environment that it would come to. */
  readonly tier: Tier;
  /** Worked out when it is read for the first time: most constraints have no need of it. */
  readonly promotion: PromotionFacts;
}
