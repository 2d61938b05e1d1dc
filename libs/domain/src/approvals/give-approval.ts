import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';
import type { WindowAnswer } from '../schedules/window-answer.js';
import type { Approval } from './approval.js';
import { ApprovalGate } from './approval-gate.js';
import { type DecisionFacts, refuseLate } from './decision.js';
import type { JudgedGate } from './judged-gate.js';
import { type JudgedGates, judgeGates } from './judge-gates.js';
import { type LapsesUnused, lapsesUnused } from './lapses-unused.js';

/** Somebody's yes to the content that was seen. */
export interface ApprovalRequest {
  readonly by: string;
  /** Of what was seen; another one is refused. */
  readonly digest: string;
  readonly comment?: string;
}

export interface GivenApproval {
  readonly approval: Approval;
  /** The gates with it. */
  readonly judged: JudgedGates;
  /** What the approver is told at once: for these gates it will have lapsed before the plan may begin. */
  readonly lapsesUnused: readonly LapsesUnused[];
}

/** What a gate says about the approval that is being given. */
interface Hearing {
  readonly gate: JudgedGate;
  readonly admitted: boolean;
  /** Left out for being an author. */
  readonly author?: string;
}

/**
 * Takes an approval, if it is for exactly what would run and by somebody who may give it; nothing is to
 * be recorded of one that is refused. A plan that is BLOCKED may be approved in advance.
 */
export function giveApproval(
  { by, digest, comment }: ApprovalRequest,
  decision: DecisionFacts,
  window: Pick<WindowAnswer, 'open' | 'nextOpen' | 'searchedUntil'>,
): Result<GivenApproval, Refusal> {
  const { plan, facts, rules, isEscalated } = decision;
  const inTime = refuseLate(plan);
  if (!inTime.ok) return inTime;
  if (digest !== facts.digest) return err(otherDigest(decision));
  if (rules.length === 0) return err(notRequired(plan.id));
  const approval: Approval = {
    by,
    roles: facts.people.find(({ name }) => name === by)?.roles ?? [],
    digest,
    at: facts.now.toISOString(),
    ...(comment !== undefined && { comment }),
  };
  const approvals = [...facts.approvals, approval];
  const judged = judgeGates(rules, { ...facts, approvals }, isEscalated);
  const openBefore = judgeGates(rules, facts, isEscalated).gates.filter(({ open }) => open);
  const open = new Set(openBefore.map(({ rule }) => rule.name));
  const hearings = judged.gates.map((gate) => hear(by, gate));
  const heard = hearings.filter(({ gate, admitted }) => admitted && open.has(gate.rule.name));
  if (heard.length === 0) return err(whyUnheard(by, hearings));
  const told = heard.flatMap(({ gate }) => {
    const counted = gate.approvers.find(({ name }) => name === by);
    return lapsesUnused({ by, ...counted }, window, gate.rule.notBefore) ?? [];
  });
  return ok({ approval, judged, lapsesUnused: told });
}

function hear(by: string, gate: JudgedGate): Hearing {
  const { rule, approvers, setAside, escalated } = gate;
  const counted = approvers.find(({ name }) => name === by);
  const standIns = escalated ? (rule.escalation?.roles ?? []) : [];
  const admitted = counted !== undefined && new ApprovalGate(rule).admits(counted, standIns);
  const author = setAside.find((each) => each.by === by && each.because === 'author');
  return { gate, admitted, ...(author !== undefined && { author: author.message }) };
}

function whyUnheard(by: string, hearings: readonly Hearing[]): Refusal {
  const [early] = hearings.filter(({ admitted }) => admitted);
  if (early !== undefined) {
    const { name, level } = early.gate.rule;
    const detail = `approval rule ${name} is of level ${level} and opens once all rules below are met; wait until then`;
    return refusal('approval/not_open', detail, { data: { rule: name, level } });
  }
  const authored = hearings.find(({ author }) => author !== undefined);
  if (authored?.author !== undefined) return refusal('approval/author', authored.author);
  const roles = [...new Set(hearings.flatMap(({ gate }) => gate.rule.requiredRoles))];
  const detail = `${by} has no role that is asked for here; asked for are ${roles.join(', ')}`;
  return refusal('approval/not_eligible', detail, { data: { roles } });
}

function otherDigest({ plan, facts }: DecisionFacts): Refusal {
  return refusal(
    'approval/digest_mismatch',
    `what plan ${plan.id} would run is not what you saw, and nothing was recorded; look at it again (GET /api/v1/plans/${plan.id}) and approve its digest`,
    { field: 'digest', data: { digest: facts.digest } },
  );
}

export function notRequired(id: string): Refusal {
  return refusal(
    'approval/not_required',
    `no approval rule asks anybody about plan ${id}; to say no, cancel it (POST /api/v1/plans/${id}/cancel)`,
  );
}
