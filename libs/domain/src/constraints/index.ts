import type { TabledConstraint } from './applicability.js';
import { concurrency } from './concurrency.js';
import { dependency } from './dependency-constraint.js';
import { health } from './health.js';
import { spokeReady } from './spoke-ready.js';

/** Constraints that nobody has to store, in the order in which their violations are shown. */
export const BUILT_IN_CONSTRAINTS = [
  spokeReady,
  concurrency,
  dependency,
  health,
] as const satisfies readonly TabledConstraint[];
