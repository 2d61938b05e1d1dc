import { concurrency } from './concurrency.js';
import type { Constraint } from './constraint.js';
import { dependency } from './dependency-constraint.js';
import { spokeReady } from './spoke-ready.js';

/** Constraints that hold for every plan, in the order in which their violations are shown. */
export const BUILT_IN_CONSTRAINTS = [
  spokeReady,
  concurrency,
  dependency,
] as const satisfies readonly Constraint[];
