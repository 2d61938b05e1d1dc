import type { Json, Result } from '@apollo-deploy/kernel';
import { type TSchema, Type } from 'typebox';
import type { MaintenanceWindow } from '../schedules/maintenance-window.js';
import type { SuppressionWindow } from '../schedules/suppression-window.js';
import type { ApplicabilityRow, TabledConstraint } from './applicability.js';

/** A spec made ready for evaluation. Windows are fused with others; a rule stands alone. */
export type CompiledSpec =
  | { readonly window: MaintenanceWindow; readonly mustFitMinutes?: number }
  | { readonly suppression: SuppressionWindow }
  | { readonly constraint: TabledConstraint };

/** Why a spec is not accepted: the field at fault, and a sentence that says what is. */
export interface SpecRefusal {
  readonly field: string;
  readonly detail: string;
}

/** A kind that is there without being stored: it has no spec, and so the schema of one without fields. */
export interface BuiltInConstraint extends TabledConstraint {
  readonly description: string;
}

/** JSON Schema of the spec of a kind that is built in. */
export const NO_SPEC: TSchema = Type.Object(
  {},
  {
    additionalProperties: false,
    description: 'Built in: nobody stores it, and it takes no settings of its own.',
  },
);

/** A kind of constraint that people can store. */
export interface ConstraintKind {
  readonly description: string;
  /** Where the strictest of the kind stands in the table: so one that cannot be read holds. */
  readonly strictest: ApplicabilityRow;
  /** JSON Schema of the spec, from which forms follow. */
  readonly schema: TSchema;
  /** Environments that a spec names and that must exist, by the field that names them. */
  environments?(spec: Readonly<Record<string, Json>>): Readonly<Record<string, string>>;
  /** Compiles a spec of that shape, once, when it is saved or loaded. */
  compile(spec: Readonly<Record<string, Json>>, name: string): Result<CompiledSpec, SpecRefusal>;
}
