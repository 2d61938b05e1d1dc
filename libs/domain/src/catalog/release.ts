import type { DeclaredStrategy } from '../strategies/rollout.js';

/** A product that this release needs beside it, in a range of versions (Masterminds grammar). */
export interface DependencyDeclaration {
  readonly product: string;
  readonly range: string;
  readonly optional: boolean;
}

/** The chart a release installs; its bytes are found by digest. */
export interface ChartReference {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly size: number;
}

/** Product × version × chart. Immutable once registered; whether it is recalled, recalls say. */
export interface Release {
  readonly id: string;
  readonly product: string;
  readonly version: string;
  readonly chart: ChartReference;
  readonly dependencies: readonly DependencyDeclaration[];
  /** What a spoke must say that it can do (capabilities) to run it; absent = nothing of its own. */
  readonly requires?: readonly string[];
  /** Which strategies its chart declares; absent = none. */
  readonly strategies?: readonly DeclaredStrategy[];
  readonly createdAt: string;
  readonly createdBy: string;
}
