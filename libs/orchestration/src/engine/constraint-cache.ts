import { ConstraintSet, type ReadConstraint } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Told of a stored constraint that cannot be read, once for each of its versions. */
export type OnUnreadableConstraint = (constraint: ReadConstraint) => void;

/** Keeps the stored constraints compiled from one evaluation to the next, as long as none changes. */
export class ConstraintCache {
  private current = new ConstraintSet([]);

  constructor(private readonly onUnreadable: OnUnreadableConstraint) {}

  /** The constraints as this transaction sees them. */
  async load(unit: UnitOfWork): Promise<ConstraintSet> {
    const stored = await unit.constraints.all();
    if (this.current.isOf(stored)) return this.current;
    // What was known before is the same object still.
    const told = new Set(this.current.unreadable);
    this.current = new ConstraintSet(stored, this.current);
    for (const one of this.current.unreadable) if (!told.has(one)) this.onUnreadable(one);
    return this.current;
  }
}
