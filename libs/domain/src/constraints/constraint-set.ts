import { WindowSchedule } from '../schedules/window-schedule.js';
import {
  type ApplicabilityRow,
  bearingOf,
  bearingOn,
  type ClassedPlan,
  classKey,
  type TabledConstraint,
} from './applicability.js';
import type { Constraint } from './constraint.js';
import type { CompiledSpec, ConstraintKind } from './constraint-kind.js';
import { CONSTRAINT_KINDS } from './kinds/index.js';
import { type ReadConstraint, readStored } from './read-stored.js';
import { inScope, type Scope, type ScopeSubject } from './scope.js';
import { signatureOf } from './scope-signature.js';
import type { StoredConstraint } from './stored-constraint.js';
import { windowsConstraint } from './windows-constraint.js';

/**
 * The stored constraints, compiled once, and for each combination that applies together one schedule
 * of windows, so that its edges are worked out once however many plans ask.
 */
export class ConstraintSet {
  private readonly compiled: readonly ReadConstraint[];
  private readonly choosing: readonly {
    readonly scope: Scope;
    readonly constraint: TabledConstraint;
  }[];
  private readonly combinations = new Map<string, readonly Constraint[]>();
  /** Combinations by what a subject and a plan look like to all scopes, so that asking again is cheap. */
  private readonly known = {
    forward: new Map<string, Map<string, readonly Constraint[]>>(),
    other: new Map<string, Map<string, readonly Constraint[]>>(),
  };
  private readonly signature: (subject: ScopeSubject) => string;

  /** What is in `before` as well is not compiled again. */
  constructor(
    stored: readonly StoredConstraint[],
    before?: ConstraintSet,
    kinds: Readonly<Record<string, ConstraintKind>> = CONSTRAINT_KINDS,
  ) {
    const known = new Map(before?.compiled.map((one) => [keyOf(one.stored), one]));
    this.compiled = stored.map((one) => known.get(keyOf(one)) ?? readStored(one, kinds));
    this.signature = signatureOf(this.compiled.map(({ scope }) => scope));
    this.choosing = this.compiled.flatMap((one) =>
      'constraint' in one.spec && one.spec.constraint.objects !== undefined
        ? [{ scope: one.scope, constraint: one.spec.constraint }]
        : [],
    );
  }

  /** Whether it was made of exactly these. */
  isOf(stored: readonly StoredConstraint[]): boolean {
    return (
      stored.length === this.compiled.length &&
      stored.every((one, index) => {
        const mine = this.compiled[index];
        return mine !== undefined && keyOf(mine.stored) === keyOf(one);
      })
    );
  }

  /** The constraints that choose among releases for an entity, if it gets what is new. */
  selecting(subject: ScopeSubject): readonly TabledConstraint[] {
    return this.choosing
      .filter(({ scope }) => inScope(scope, subject))
      .map(({ constraint }) => constraint);
  }

  /** Those that cannot be read, and hold what is in their scope. */
  get unreadable(): readonly ReadConstraint[] {
    return this.compiled.filter(({ unreadable }) => unreadable !== undefined);
  }

  /** Whether any stored constraint is of this kind. */
  has(kind: string): boolean {
    return this.compiled.some(({ stored }) => stored.kind === kind);
  }

  /** Whether any stored constraint chooses among releases. */
  get selects(): boolean {
    return this.choosing.length > 0;
  }

  /**
   * The constraints that mean something to a plan, in a stable order. Scopes are compared once for
   * all subjects they cannot tell apart, so those that do not match cost nothing.
   */
  for(subject: ScopeSubject, plan: ClassedPlan): readonly Constraint[] {
    const classes = plan.forward ? this.known.forward : this.known.other;
    const key = classKey(plan);
    let known = classes.get(key);
    if (known === undefined) {
      known = new Map();
      classes.set(key, known);
    }
    const signature = this.signature(subject);
    const before = known.get(signature);
    if (before !== undefined) return before;
    const found = this.combinationFor(subject, plan);
    known.set(signature, found);
    return found;
  }

  private combinationFor(subject: ScopeSubject, plan: ClassedPlan): readonly Constraint[] {
    const matching = this.compiled
      .filter(({ scope }) => inScope(scope, subject))
      .map((one) => ({ ...one, bearing: bearingOf(rowOf(one.spec), plan) }))
      .filter(({ bearing }) => bearing !== 'nothing');
    const key = matching.map(({ stored, bearing }) => `${keyOf(stored)} ${bearing}`).join(' ');
    const known = this.combinations.get(key);
    if (known !== undefined) return known;
    const made = BEARINGS.flatMap((bearing) => {
      const specs = matching.filter((one) => one.bearing === bearing).map(({ spec }) => spec);
      return combine(specs).map((one) => bearingOn(one, bearing));
    });
    this.combinations.set(key, made);
    return made;
  }
}

const BEARINGS = ['holds', 'warns', 'waived', 'gives_way'] as const;

function rowOf(spec: CompiledSpec): ApplicabilityRow {
  if ('constraint' in spec) return spec.constraint.row;
  if ('window' in spec) return 'window';
  return spec.suppression.hard ? 'hard_suppression' : 'suppression';
}

/** Windows and suppressions become one constraint, so that they give one answer. */
function combine(specs: readonly CompiledSpec[]): readonly TabledConstraint[] {
  const windows = specs.flatMap((spec) => ('window' in spec ? [spec.window] : []));
  const suppressions = specs.flatMap((spec) => ('suppression' in spec ? [spec.suppression] : []));
  const others = specs.flatMap((spec) => ('constraint' in spec ? [spec.constraint] : []));
  if (windows.length === 0 && suppressions.length === 0) return others;
  const mustFit = specs.flatMap((spec) => ('window' in spec ? (spec.mustFitMinutes ?? []) : []));
  const schedule = new WindowSchedule({ windows, suppressions });
  const fused = windowsConstraint(schedule, Math.max(0, ...mustFit));
  return [{ ...fused, row: 'window' }, ...others];
}

function keyOf({ id, version }: StoredConstraint): string {
  return `${id}@${String(version)}`;
}
