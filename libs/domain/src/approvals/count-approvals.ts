import type { Approval, Person } from './approval.js';
import { newestWords, stands } from './approval.js';
import { ApprovalGate } from './approval-gate.js';
import type { ApprovalRule } from './approval-rule.js';
import type { Authors } from './authors.js';
import { type Delegation, lentRoles } from './delegation.js';
import type { ApprovalSubject } from './plan-selector.js';
import type { Approver } from './seat-matching.js';

/** All that decides whose approval counts, at one instant. */
export interface ApprovalFacts {
  readonly now: Date;
  readonly plan: ApprovalSubject;
  /** Of the plan's content as it is now. */
  readonly digest: string;
  readonly approvals: readonly Approval[];
  /** Everybody, with the roles of this very instant. */
  readonly people: readonly Person[];
  readonly authors: Authors;
  readonly delegations: readonly Delegation[];
}

/** Why an approval does not count although nobody took it back. */
export const SET_ASIDE_REASONS = [
  'other_digest',
  'lapsed',
  'consumed',
  'author',
  'unknown_person',
] as const;
export type SetAsideReason = (typeof SET_ASIDE_REASONS)[number];

export interface SetAside {
  readonly by: string;
  readonly because: SetAsideReason;
  readonly message: string;
}

/** Somebody whose approval counts, with the roles that do, those lent included. */
export interface CountedApprover extends Approver {
  /** Until when, not included; absent = until the plan goes. RFC 3339. */
  readonly expiresAt?: string;
}

export interface CountedApprovals {
  readonly approvers: readonly CountedApprover[];
  readonly setAside: readonly SetAside[];
}

/** The approvals that count for the gate of one rule now, and why the others do not. */
export function countApprovals(rule: ApprovalRule, facts: ApprovalFacts): CountedApprovals {
  const gate = new ApprovalGate(rule);
  const own = new Map(facts.people.map(({ name, roles }) => [name, roles]));
  const valid: CountedApprover[] = [];
  const setAside: SetAside[] = [...forOtherContent(facts)];
  for (const approval of newestWords(facts.approvals, facts.digest).values()) {
    if (approval.withdrawnAt !== undefined) continue;
    const { by: name, at } = approval;
    const roles = own.get(name);
    const expiresAt = gate.lapsesAt(at);
    const why = whyNot(approval, { rule, facts, known: roles !== undefined, expiresAt });
    if (why !== undefined) setAside.push({ by: name, ...why });
    else valid.push({ name, roles: roles ?? [], ...(expiresAt !== undefined && { expiresAt }) });
  }
  const spoken = new Set(valid.map(({ name }) => name));
  const lent = lentRoles(facts, facts, (giver) => {
    return spoken.has(giver) || mayNot(giver, rule, facts.authors);
  });
  const approvers = valid.map((approver) => ({
    ...approver,
    roles: [...approver.roles, ...(lent.get(approver.name) ?? []).flatMap(({ roles }) => roles)],
  }));
  return { approvers, setAside };
}

/** Whether a rule leaves a person out because the plan is that person's own work. */
export function mayNot(
  name: string,
  { allowAuthor }: Pick<ApprovalRule, 'allowAuthor'>,
  authors: Authors,
): boolean {
  return !allowAuthor && authors.has(name);
}

/** People whose approvals were for other content, and who have not spoken about this one. */
function forOtherContent({ approvals, digest }: ApprovalFacts): readonly SetAside[] {
  const here = newestWords(approvals, digest);
  const others = approvals.filter((approval) => approval.digest !== digest && stands(approval));
  const names = new Set(others.map(({ by }) => by).filter((by) => !here.has(by)));
  return [...names].map((by) => ({
    by,
    because: 'other_digest' as const,
    message: `${by} approved other content than what would run now; ${by} has to look at it and approve again`,
  }));
}

interface Weighed {
  readonly rule: ApprovalRule;
  readonly facts: ApprovalFacts;
  readonly known: boolean;
  readonly expiresAt: string | undefined;
}

function whyNot(
  { by, consumedAt }: Approval,
  { rule, facts, known, expiresAt }: Weighed,
): Omit<SetAside, 'by'> | undefined {
  if (consumedAt !== undefined) {
    const message = `a plan went by the approval of ${by} at ${consumedAt}; another one takes another approval`;
    return { because: 'consumed', message };
  }
  if (!known) {
    const message = `${by} is not known to this hub any more; somebody else has to approve`;
    return { because: 'unknown_person', message };
  }
  if (mayNot(by, rule, facts.authors)) {
    const message = `${by} ${facts.authors.get(by) ?? ''}, and authors do not count for rule ${rule.name}; somebody else has to approve`;
    return { because: 'author', message };
  }
  if (expiresAt !== undefined && Date.parse(expiresAt) <= facts.now.getTime()) {
    const message = `the approval of ${by} lapsed at ${expiresAt} by rule ${rule.name}; ${by} has to approve again`;
    return { because: 'lapsed', message };
  }
  return undefined;
}
