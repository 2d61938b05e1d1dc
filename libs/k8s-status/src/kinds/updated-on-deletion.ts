import { tally } from '../kind-rule.js';
import type { ObjectStatus } from '../object-status.js';

/** `status` of a workload whose pods Kubernetes updates only once somebody deletes them (OnDelete). */
export function updatedOnDeletion(
  status: ObjectStatus,
  updated: number,
  desired: number,
  what: string,
): ObjectStatus {
  const told = { ...status, message: `${status.message}; updated on deletion` };
  return updated < desired ? { ...told, onDeletion: tally(updated, desired, what) } : told;
}
