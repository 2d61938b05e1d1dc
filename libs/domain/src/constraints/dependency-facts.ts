import type { DependencyDeclaration } from '../catalog/release.js';

/** One entity as others depend on it; while a plan moves it, with two entries. */
export interface Installation {
  readonly entity: string;
  readonly spoke: string;
  readonly product: string;
  /** The version that runs; `null` where the product is not installed. */
  readonly version: string | null;
  /** Deployed, Healthy, and freshly reported. */
  readonly running: boolean;
  /** What keeps it from running, in a few words; empty where it runs. */
  readonly trouble: string;
  /** What the release that runs declares; where none runs, what every release of the product does. */
  readonly dependencies: readonly DependencyDeclaration[];
  /** An executing plan brings this version; another entry says what is there until then. */
  readonly coming?: true;
}

/** Who needs whom around one plan. */
export interface DependencyFacts {
  readonly entity: string;
  readonly spoke: string;
  readonly product: string;
  /** The version the plan brings; `null` for an uninstall. */
  readonly targetVersion: string | null;
  /** What the target release declares; none for an uninstall. */
  readonly declared: readonly DependencyDeclaration[];
  /** Every other entity of the environment. */
  readonly others: readonly Installation[];
}
