import type { ViolationCode } from '@apollo-deploy/domain';
import { everyEnvironment } from '../catalog/every-environment.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const OF_PEOPLE = ['approval', 'gate_unsatisfiable'] as const satisfies readonly ViolationCode[];

/**
 * Marks the entities whose plans wait for people, or about which people have agreed: for when people or
 * what they lend each other has changed.
 */
export async function markAwaitingApproval(unit: UnitOfWork): Promise<void> {
  const environments = (await everyEnvironment(unit)).map(({ name }) => name);
  const waiting = new Set(await unit.approvals.standingEntities());
  for (const code of OF_PEOPLE) {
    for (const entity of await unit.plans.blockedBy(code, environments)) waiting.add(entity);
  }
  if (waiting.size > 0) await unit.dirty.mark([...waiting]);
}
