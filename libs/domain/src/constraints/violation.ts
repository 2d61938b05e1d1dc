import type { Json } from '@apollo-deploy/kernel';

/** One reason why a plan may not run now. */
export interface Violation {
  /** Stable, for machines and statistics. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  readonly data: Readonly<Record<string, Json>>;
  /** The instant at which time alone may cure it; absent if it cannot. */
  readonly recheckAt?: string;
}

/** Something against a plan that does not hold it, because of what the plan is for. */
export interface Noted extends Violation {
  readonly effect: 'warns' | 'waived';
}
