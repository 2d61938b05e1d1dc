import type { Approval, Delegation, Person, Plan } from '@apollo-deploy/domain';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { loadPeople } from './load-people.js';

/** What was said of a plan, and who could say more. */
export interface Words {
  /** Of its content: what stands, and what it went by. */
  readonly approvals: readonly Approval[];
  /** With the roles that they have now in its environment. */
  readonly people: readonly Person[];
  /** What they lend each other. */
  readonly delegations: readonly Delegation[];
}

/** Looks up who has agreed to a plan that there is, whether it has gone or not. */
export async function loadWords(
  unit: UnitOfWork,
  { id, entity, environment, digest }: Plan,
  now: Date,
): Promise<Words> {
  const standing = await unit.approvals.standing([entity]);
  const wentBy = await unit.approvals.consumedBy([id]);
  const said = [...wentBy, ...standing].filter((one) => one.digest === digest);
  const delegations = await unit.delegations.endingAfter(now.toISOString());
  const named = [...said.map(({ by }) => by), ...delegations.map(({ to }) => to)];
  return {
    approvals: said.map(({ by, roles, at }) => ({ by, roles, at, digest })),
    people: (await loadPeople(unit, named))(environment),
    delegations,
  };
}
