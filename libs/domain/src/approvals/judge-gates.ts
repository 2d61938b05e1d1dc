import { ApprovalGate } from './approval-gate.js';
import type { ApprovalRule } from './approval-rule.js';
import type { ApprovalViolation } from './approval-violation.js';
import { candidatesOf } from './candidates.js';
import { type ApprovalFacts, countApprovals, mayNot } from './count-approvals.js';
import type { JudgedGate } from './judged-gate.js';
import { tellGate, tellUnsatisfiable } from './tell-gate.js';

export interface JudgedGates {
  readonly satisfied: boolean;
  readonly gates: readonly JudgedGate[];
  /** What keeps the plan; empty where all gates are met. */
  readonly violations: readonly ApprovalViolation[];
}

/** Whether the gate of a rule has been waited for so long that others may answer, too. */
export type IsEscalated = (rule: ApprovalRule) => boolean;

/**
 * Judges all gates of a plan, each by itself; `rules` by level, as the router gives them. Nothing is
 * remembered: approvals lapse, roles are lost and content changes without a write.
 */
export function judgeGates(
  rules: readonly ApprovalRule[],
  facts: ApprovalFacts,
  isEscalated: IsEscalated,
): JudgedGates {
  const gates: JudgedGate[] = [];
  for (const rule of rules) {
    const open = gates.every((gate) => gate.rule.level >= rule.level || gate.satisfied);
    gates.push(judgeGate(rule, facts, { open, escalated: isEscalated(rule) }));
  }
  const violations = gates.flatMap((gate) => violationOf(gate, facts));
  return { satisfied: violations.length === 0, gates, violations };
}

function judgeGate(
  rule: ApprovalRule,
  facts: ApprovalFacts,
  state: Pick<JudgedGate, 'open' | 'escalated'>,
): JudgedGate {
  const gate = new ApprovalGate(rule);
  const { approvers, setAside } = countApprovals(rule, facts);
  const others = rule.escalation?.roles ?? [];
  const answer = gate.evaluate(approvers, state.escalated ? others : []);
  // Whoever may answer once it is escalated may answer one day; what is lent, its giver has as well.
  const mayAnswer = facts.people.filter(({ name }) => !mayNot(name, rule, facts.authors));
  const possible = gate.evaluate(mayAnswer, others);
  return {
    rule,
    requiredApprovers: gate.requiredApprovers,
    ...state,
    ...answer,
    satisfied: answer.satisfied && state.open && !isEarly(rule, facts.now),
    satisfiable: possible.satisfied,
    lacks: { roles: possible.missing, people: possible.missingApprovers },
    approvers,
    setAside,
    candidates: state.open ? candidatesOf({ rule, approvers }, answer, facts) : [],
  };
}

function isEarly({ notBefore }: ApprovalRule, now: Date): boolean {
  return notBefore !== undefined && now.getTime() < Date.parse(notBefore);
}

function violationOf(gate: JudgedGate, facts: ApprovalFacts): readonly ApprovalViolation[] {
  if (gate.satisfied) return [];
  const { rule, lacks, satisfiable, missing, missingApprovers } = gate;
  const data = { rule: rule.name, level: rule.level };
  if (!satisfiable) {
    const message = tellUnsatisfiable(gate, facts);
    return [{ code: 'gate_unsatisfiable', message, data: { ...data, lacks: { ...lacks } } }];
  }
  const message = tellGate(gate);
  const onlyTime = missingApprovers === 0 && gate.open;
  const recheckAt = onlyTime ? rule.notBefore : undefined;
  return [
    {
      code: 'approval',
      message,
      data: { ...data, missing, missingApprovers },
      ...(recheckAt !== undefined && { recheckAt }),
    },
  ];
}
