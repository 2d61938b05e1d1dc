import { type Deployment, waveBefore } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';

/** Has those of later waves evaluated that an earlier one has begun to keep back, or keeps back no more. */
export async function markHeldWaves(
  unit: UnitOfWork,
  before: Deployment,
  after: Deployment,
): Promise<void> {
  const held = heldIn(before);
  const now = heldIn(after);
  const changed = [...held, ...now].filter((entity) => held.has(entity) !== now.has(entity));
  if (changed.length > 0) await unit.dirty.mark(changed);
}

function heldIn({ targets }: Deployment): ReadonlySet<string> {
  const held = targets.filter((target) => waveBefore(target, targets) !== undefined);
  return new Set(held.map(({ entity }) => entity));
}
