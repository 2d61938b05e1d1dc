import type { Plan } from '@apollo-deploy/domain';

/** Those that have slots for plans which execute, by name. */
export interface SlotHolders {
  readonly environments: readonly string[];
  readonly products: readonly string[];
  readonly spokes: readonly string[];
}

/** A number for each that has slots; for one that was asked for, never absent. */
export type SlotCounts = { readonly [K in keyof SlotHolders]: ReadonlyMap<string, number> };

/** An entity whose plan stands in line, and whose slots it needs. */
export interface PlaceInLine extends Pick<Plan, 'entity' | 'environment' | 'product' | 'spoke'> {
  /** RFC 3339. */
  readonly since: string;
}
