import type { Deployment, JudgedGate, Plan } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import type { ConstraintCache } from '../engine/constraint-cache.js';
import { distinct } from '../engine/distinct.js';
import { grouped } from '../engine/grouped.js';
import { loadFacts } from '../engine/load-facts.js';
import { replicaFacts, type ReplicaFacts } from '../engine/replica-facts.js';
import { loadAskingDeployments } from '../pipeline/load-asking-deployments.js';
import type { ApprovalRecord } from '../ports/approval-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { type JudgedApproval, judgeApproval } from './judge-approval.js';
import { type GatedFacts, loadGates } from './load-gates.js';

/** An approval as it counts now. */
export interface ShownApproval extends ApprovalRecord {
  /** From when on some gate does not count it any more. RFC 3339. */
  readonly expiresAt?: string;
}

/** Who must agree to a plan, and who has. */
export interface PlanApproval {
  /** Somebody is asked; of a plan that has gone: somebody was, and agreed. */
  readonly required: boolean;
  readonly satisfied: boolean;
  /** As they stand; none once the plan has gone or ended. */
  readonly gates: readonly JudgedGate[];
  /** Of what would run; of a plan that has gone, those by which it went. */
  readonly approvals: readonly ShownApproval[];
}

/** A plan with who must agree to it, as of one instant. */
export interface PlanWithApproval {
  readonly plan: Plan;
  readonly approval: PlanApproval;
  /** The one under way that asked for the plan; absent: none did, or it has ended. */
  readonly deployment?: Deployment | undefined;
}

const NOBODY: PlanApproval = { required: false, satisfied: true, gates: [], approvals: [] };

/**
 * These plans as they are by now, in the same order, with who must agree to them. The number of
 * statements does not depend on how many there are.
 */
export async function planApprovals(
  context: Context,
  constraints: ConstraintCache,
  plans: readonly Plan[],
): Promise<readonly PlanWithApproval[]> {
  const presence = replicaFacts(context);
  return context.store.transact(async (unit) => {
    const loaded = await load(unit, constraints, plans.filter(isWaiting), presence);
    const byEntity = new Map(loaded.map((facts) => [facts.entityFacts.entity.name, facts]));
    // Read after the facts: what went in between is shown with what it went by.
    const ids = plans.map(({ id }) => id);
    const fresh = new Map((await unit.plans.getMany(ids)).map((plan) => [plan.id, plan]));
    const now = plans.map((plan) => fresh.get(plan.id) ?? plan);
    const gone = now.filter((plan) => !isWaiting(plan)).map(({ id }) => id);
    const consumed = gone.length === 0 ? [] : await unit.approvals.consumedBy(gone);
    const wentBy = grouped(consumed, ({ consumedBy = '' }) => consumedBy);
    const asking = await loadAskingDeployments(unit, now);
    return now.map((plan) => ({
      plan,
      deployment: asking.get(plan.id),
      approval: isWaiting(plan)
        ? approvalOfWaiting(plan, byEntity.get(plan.entity), presence.now)
        : ofGone(plan, wentBy.get(plan.id) ?? []),
    }));
  });
}

/** Who must agree to a plan that waits, by the facts about its entity. */
export function approvalOfWaiting(
  plan: Plan,
  facts: GatedFacts | undefined,
  now: Date,
): PlanApproval {
  const judged = facts && judgeApproval(facts, plan, now);
  if (judged === undefined) return NOBODY;
  const given = facts?.gates?.approvals.filter(({ digest }) => digest === plan.digest) ?? [];
  return approvalOf(judged, given);
}

function ofGone({ digest }: Plan, wentBy: readonly ApprovalRecord[]): PlanApproval {
  const approvals = wentBy.filter((one) => one.digest === digest);
  return { ...NOBODY, required: approvals.length > 0, approvals };
}

function isWaiting({ state }: Plan): boolean {
  return state === 'PENDING' || state === 'BLOCKED';
}

async function load(
  unit: UnitOfWork,
  constraints: ConstraintCache,
  plans: readonly Plan[],
  presence: ReplicaFacts,
): Promise<readonly GatedFacts[]> {
  if (plans.length === 0) return [];
  const set = await constraints.load(unit);
  const entities = distinct(plans.map(({ entity }) => entity));
  return loadGates(unit, await loadFacts(unit, entities, presence, set));
}

function approvalOf(
  { routing, judged, violations }: JudgedApproval,
  given: readonly ApprovalRecord[],
): PlanApproval {
  const lapses = new Map<string, string>();
  for (const { name, expiresAt } of judged.gates.flatMap(({ approvers }) => approvers)) {
    const before = lapses.get(name);
    if (expiresAt !== undefined && (before === undefined || expiresAt < before)) {
      lapses.set(name, expiresAt);
    }
  }
  return {
    required: routing.kind !== 'free',
    satisfied: violations.length === 0,
    gates: judged.gates,
    approvals: given.map((approval) => {
      const expiresAt = lapses.get(approval.by);
      return { ...approval, ...(expiresAt !== undefined && { expiresAt }) };
    }),
  };
}
