import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { ApplicabilityRow, TabledConstraint } from './applicability.js';
import type { CompiledSpec, ConstraintKind } from './constraint-kind.js';
import { CONSTRAINT_KINDS } from './kinds/index.js';
import { readableScope } from './readable-scope.js';
import type { Scope } from './scope.js';
import type { StoredConstraint } from './stored-constraint.js';
import type { KnownViolation } from './violation-codes.js';

/** A stored constraint, made ready for evaluation. */
export interface ReadConstraint {
  readonly stored: StoredConstraint;
  /** As far as it can be read; what cannot, narrows nothing. */
  readonly scope: Scope;
  readonly spec: CompiledSpec;
  /** Why it cannot be read: a newer version, or a hand, has written it. Absent where it can. */
  readonly unreadable?: string;
}

/**
 * Makes a stored constraint ready. One that cannot be read holds every plan in its scope that any of its
 * kind may hold, and says so: what it was meant to forbid is not known. Never throws.
 */
export function readStored(
  stored: StoredConstraint,
  kinds: Readonly<Record<string, ConstraintKind>> = CONSTRAINT_KINDS,
): ReadConstraint {
  const kind = Object.hasOwn(kinds, stored.kind) ? kinds[stored.kind] : undefined;
  const { scope, strange } = readableScope(stored.scope);
  const read = compile(stored, kind);
  if (read.ok && strange.length === 0) return { stored, scope, spec: read.value };
  const unreadable = read.ok ? `${strange.join(', ')} is not known` : read.error;
  const constraint = holding(stored, unreadable, kind?.strictest ?? 'hard_suppression');
  return { stored, scope, spec: { constraint }, unreadable };
}

/** What it says compiled, or why that cannot be done. */
function compile(
  { id, kind: named, name, spec }: StoredConstraint,
  kind: ConstraintKind | undefined,
): Result<CompiledSpec, string> {
  if (kind === undefined) return err(`kind ${JSON.stringify(named)} is not known`);
  try {
    const compiled = kind.compile(spec, name);
    if (!compiled.ok) return err(`spec.${compiled.error.field}: ${compiled.error.detail}`);
    return ok(labelled(compiled.value, id, name));
  } catch (error) {
    // No kind compiles what has not even the shape of a spec.
    return err(`spec: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** With what people find it by. */
function labelled(spec: CompiledSpec, id: string, name: string): CompiledSpec {
  if ('constraint' in spec) return { constraint: { ...spec.constraint, name } };
  if ('window' in spec) return { ...spec, window: { ...spec.window, id } };
  return { suppression: { ...spec.suppression, id } };
}

function holding(
  { id, name, kind, version }: StoredConstraint,
  why: string,
  row: ApplicabilityRow,
): TabledConstraint {
  const violation: KnownViolation = {
    code: 'constraint_unreadable',
    message: `constraint ${JSON.stringify(name)} cannot be read (${why}), so nothing in its scope goes; bring the hub to the version that wrote it, or remove it (DELETE /api/v1/constraints/${id}) and add it anew`,
    data: { constraint: id, name, kind, version },
  };
  const held = { satisfied: false, violations: [violation], metadata: {} };
  return { kind, name, row, evaluate: () => held };
}
