export const CRITICALITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Criticality = (typeof CRITICALITIES)[number];

/** Seconds a rollout may take before it counts as failed, where the product does not say. */
export const DEFAULT_ROLLOUT_TIMEOUT_SECONDS = 300;

/** Something that is released. */
export interface Product {
  readonly name: string;
  readonly criticality: Criticality;
  readonly owner?: string;
  /** Namespace of its entities where they do not name one; absent = the product's name. */
  readonly namespace?: string;
  readonly rolloutTimeoutSeconds: number;
  /** How many of its plans may execute at once, in all environments together; absent = no limit. */
  readonly maxConcurrent?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly version: number;
}
