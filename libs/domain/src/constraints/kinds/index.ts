import type { ConstraintKind } from '../constraint-kind.js';
import { backup } from './backup.js';
import { maintenanceWindow } from './maintenance-window.js';
import { rule } from './rule.js';
import { soak } from './soak.js';
import { suppressionWindow } from './suppression-window.js';

/** Every kind of constraint that can be stored. Adding one is a file and an entry here. */
export const CONSTRAINT_KINDS = {
  maintenance_window: maintenanceWindow,
  suppression_window: suppressionWindow,
  soak,
  backup,
  rule,
} as const satisfies Record<string, ConstraintKind>;

export type ConstraintKindName = keyof typeof CONSTRAINT_KINDS;
