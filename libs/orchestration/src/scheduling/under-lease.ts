import type { Lease } from '../ports/leases.js';
import type { Store } from '../ports/store.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** The lease passed to another holder: what this one wanted to write is not written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  readonly retryable = true;

  constructor({ name, token }: Lease) {
    super(
      `lease ${name} has passed on since it was acquired with token ${String(token)}; ` +
        'another replica goes on with its work',
    );
  }
}

/**
 * Runs a work as `transact` does, if the lease is still held when it begins to write; the lease does
 * not pass on before the work has committed. Throws `LeaseLost` otherwise, and nothing is written.
 */
export function transactUnder<T>(
  store: Store,
  lease: Lease,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  return store.transact(async (unit) => {
    if (!(await unit.leases.fence(lease))) throw new LeaseLost(lease);
    return work(unit);
  });
}
