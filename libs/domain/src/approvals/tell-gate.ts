import { type ApprovalFacts, mayNot } from './count-approvals.js';
import type { JudgedGate } from './judged-gate.js';

/** What a gate that is not met waits for, and who can do something about it. */
export function tellGate(gate: JudgedGate): string {
  const { rule, open, approvers, missingApprovers, wantedRoles, wantsAnybody } = gate;
  const name = `approval rule ${rule.name}`;
  if (missingApprovers === 0 && open) {
    return `${name} is met and holds from ${rule.notBefore ?? ''} on`;
  }
  const asks =
    missingApprovers === 0
      ? `${name} has the approvals that it needs`
      : `${name} waits for ${missingOf(gate)}`;
  if (!open) return `${asks}; it opens once all rules below level ${rule.level} are met`;
  const agreed = approvers.map((approver) => approver.name).sort();
  const so = agreed.length === 0 ? 'nobody has agreed yet' : `${agreed.join(', ')} agreed`;
  const who = wantsAnybody ? 'anybody else' : `somebody else with ${wantedRoles.join(' or ')}`;
  return `${asks} (${so}); ${who} has to approve the digest of the plan`;
}

/** Why a gate cannot be met by the people there are, and what would change that. */
export function tellUnsatisfiable({ rule, lacks }: JudgedGate, facts: ApprovalFacts): string {
  const { roles, people } = lacks;
  const authors = facts.people
    .filter((person) => mayNot(person.name, rule, facts.authors))
    .filter((person) => roles.length === 0 || roles.some((role) => person.roles.includes(role)))
    .map(({ name }) => `${name} ${facts.authors.get(name) ?? ''}`);
  const out = authors.length === 0 ? '' : ` (left out as authors: ${authors.join('; ')})`;
  const needs =
    roles.length === 0
      ? `it takes ${count(people, 'more person', 'more people')} than may approve`
      : `nobody is left for ${roles.join(', ')}`;
  const cure = roles.length === 0 ? 'let more people approve' : 'give somebody else the role';
  return `approval rule ${rule.name} cannot be met: ${needs}${out}; ${cure} or change the rule`;
}

/** `sre, product-owner and 1 more person`. */
function missingOf({ missing, missingApprovers }: JudgedGate): string {
  const others = missingApprovers - missing.length;
  const more = others > 0 ? [count(others, 'more person', 'more people')] : [];
  const all = [...missing, ...more];
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
