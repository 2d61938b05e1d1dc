import { ConstraintSet } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Keeps the stored constraints compiled from one evaluation to the next, as long as none changes. */
export class ConstraintCache {
  private current = new ConstraintSet([]);

  /** The constraints as this transaction sees them. */
  async load(unit: UnitOfWork): Promise<ConstraintSet> {
    const stored = await unit.constraints.all();
    if (!this.current.isOf(stored)) this.current = new ConstraintSet(stored, this.current);
    return this.current;
  }
}
