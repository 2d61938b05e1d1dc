/** How much an environment matters. Rules that must not be forgotten hang on the tier, not on a name. */
export const TIERS = ['development', 'staging', 'production'] as const;
export type Tier = (typeof TIERS)[number];

export function isLowerTier(one: Tier, other: Tier): boolean {
  return TIERS.indexOf(one) < TIERS.indexOf(other);
}

/** Whether plans go by themselves once everything holds, or wait for a person's `execute`. */
export const EXECUTION_MODES = ['automatic', 'manual'] as const;
export type ExecutionMode = (typeof EXECUTION_MODES)[number];

/** A named stage that holds spokes. */
export interface Environment {
  readonly name: string;
  readonly tier: Tier;
  /** The channel that entities of this environment usually follow. */
  readonly channel: string;
  readonly execution: ExecutionMode;
  readonly rollbackOnFailure: boolean;
  /** How many plans may execute here at once; absent = no limit. */
  readonly maxConcurrent?: number;
  readonly createdAt: string;
  readonly version: number;
}
