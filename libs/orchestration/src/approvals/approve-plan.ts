import {
  type DecisionFacts,
  type Deployment,
  giveApproval,
  type LapsesUnused,
  type Plan,
  refusal,
  refuseLate,
  type Refusal,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { recordApproval } from '../analytics/count-plans.js';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { ConstraintCache } from '../engine/constraint-cache.js';
import { loadAskingDeployments } from '../pipeline/load-asking-deployments.js';
import type { ApprovalRecord } from '../ports/approval-repositories.js';
import type { Principal } from '../ports/principal.js';
import { escalatedBy } from './judge-approval.js';
import { approvalOfWaiting, type PlanApproval } from './plan-approvals.js';
import { loadInQuestion, lockPlan, type PlanInQuestion } from './plan-in-question.js';
import { windowOf } from './window-of.js';

const COMMENT_MAX = 500;

/** Somebody's yes, as it is sent. */
export interface Yes {
  /** Of the content that was seen. */
  readonly digest: string;
  /** At most 500 characters. */
  readonly comment?: string;
}

export interface ApprovalGiven {
  readonly approval: ApprovalRecord;
  readonly plan: Plan;
  /** Who must agree to the plan, and who has, with it. */
  readonly shown: PlanApproval;
  /** The one under way that asked for the plan; absent: none did. */
  readonly deployment?: Deployment | undefined;
  /** For these gates it will have lapsed before the plan may begin. */
  readonly lapsesUnused: readonly LapsesUnused[];
}

/**
 * A person says yes to exactly the content that was seen, in advance also of a plan that is BLOCKED.
 * Nothing is recorded of what is refused: `plan/not_found`, `approval/too_late`,
 * `approval/digest_mismatch` (with the digest of what would run), `plan/not_ready`,
 * `approval/not_required`, `approval/author`, `approval/not_eligible`, `approval/not_open`.
 */
export async function approvePlan(
  context: Context,
  principal: Principal,
  planId: string,
  { digest, comment }: Yes,
  constraints: ConstraintCache,
): Promise<Result<ApprovalGiven, Refusal>> {
  if (comment !== undefined && comment.length > COMMENT_MAX) {
    const detail = `comment has ${String(comment.length)} characters; accepted are at most ${String(COMMENT_MAX)}`;
    return err(refusal('catalog/invalid_field', detail, { field: 'comment' }));
  }
  return context.store.transact(async (unit) => {
    const locked = await lockPlan(unit, planId);
    if (!locked.ok) return locked;
    const plan = locked.value;
    const inTime = refuseLate(plan);
    if (!inTime.ok) return inTime;
    const found = await loadInQuestion(context, unit, constraints, plan);
    if (!found.ok) return found;
    const said = { by: principal.name, digest, ...(comment !== undefined && { comment }) };
    const decision = decisionOn(found.value);
    if (decision === undefined) return err(nobodyAsked(planId));
    const given = giveApproval(said, decision, windowOf(found.value));
    if (!given.ok) return given;
    const { judged, lapsesUnused } = given.value;
    const { entity } = plan;
    const approval = { ...given.value.approval, id: context.ids.next(), entity, planId };
    await unit.approvals.put([approval]);
    await unit.dirty.mark([entity]);
    await record(context, unit, principal, {
      action: 'approval.give',
      subject: `plan/${planId}`,
      detail: {
        ...{ approval: approval.id, digest, roles: approval.roles },
        ...(comment !== undefined && { comment }),
        satisfied: judged.satisfied,
        ...(lapsesUnused.length > 0 && { lapses: lapsesUnused.map(({ message }) => message) }),
      },
    });
    await recordApproval(unit, plan, approval);
    const shown = shownWith(found.value, approval);
    const deployment = (await loadAskingDeployments(unit, [plan])).get(planId);
    return ok({ approval, plan, shown, deployment, lapsesUnused });
  });
}

function shownWith({ plan, facts }: PlanInQuestion, approval: ApprovalRecord): PlanApproval {
  const { gates, surroundings } = facts;
  if (gates === null) throw new InvariantViolation('nobody was asked, and somebody was heard');
  const approvals = [...gates.approvals, approval];
  const withIt = { ...facts, gates: { ...gates, approvals } };
  return approvalOfWaiting(plan, withIt, surroundings.presence.now);
}

/** What the rules of a decision look at; `undefined` where no plan waits for anybody. */
export function decisionOn({ plan, approval }: PlanInQuestion): DecisionFacts | undefined {
  if (approval === undefined) return undefined;
  const { routing, facts, requests } = approval;
  return {
    ...{ plan, facts },
    rules: routing.kind === 'gates' ? routing.rules : [],
    isEscalated: escalatedBy(requests, facts.now),
  };
}

export function nobodyAsked(planId: string): Refusal {
  return refusal(
    'approval/not_required',
    `no approval rule asks anybody about plan ${planId}; to say no, cancel it (POST /api/v1/plans/${planId}/cancel)`,
  );
}
