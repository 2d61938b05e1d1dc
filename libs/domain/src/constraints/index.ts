import type { BuiltInConstraint } from './constraint-kind.js';
import { breakGlassDebt } from './break-glass-debt.js';
import { automaticSuppression } from './automatic-suppression-constraint.js';
import { adoption } from './adoption.js';
import { concurrency } from './concurrency.js';
import { dependency } from './dependency-constraint.js';
import { environmentBreaker } from './environment-breaker-constraint.js';
import { holdConstraint } from './hold-constraint.js';
import { health } from './health.js';
import { promoted } from './promoted.js';
import { recall } from './recall-constraint.js';
import { spokeReady } from './spoke-ready.js';
import { wave } from './wave.js';

/** Constraints that nobody has to store, in the order in which their violations are shown. */
export const BUILT_IN_CONSTRAINTS = [
  spokeReady,
  concurrency,
  dependency,
  automaticSuppression,
  environmentBreaker,
  holdConstraint,
  health,
  adoption,
  promoted,
  recall,
  breakGlassDebt,
  wave,
] as const satisfies readonly BuiltInConstraint[];
