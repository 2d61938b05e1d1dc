import {
  carriedVersion,
  type ConstraintResult,
  type EntityFacts,
  movePlan,
  placeOf,
  type Plan,
  planDigest,
  proposePlan,
  refusal,
  type Refusal,
  runningVersion,
  turnWaits,
} from '@apollo-deploy/domain';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { consumeStanding } from '../approvals/consumed.js';
import { type GatedFacts, loadGates } from '../approvals/load-gates.js';
import { recordBlocking } from '../analytics/count-plans.js';
import { record } from '../audit/record.js';
import { noteUse } from '../break-glass/note-use.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { EvaluationTools } from './evaluate-entities.js';
import { neighboursOf } from './find-neighbours.js';
import { loadFacts } from './load-facts.js';
import { offerMessage } from './offer-message.js';
import { answerOf } from './open-plan.js';
import { judgePlan, type JudgedPlan } from './judge-plan.js';
import { lostRace, planNotFound } from './plan-refusals.js';
import { replicaFacts } from './replica-facts.js';

/** How long an offer may wait for its spoke, in milliseconds. */
const OFFER_VALID_MS = 2 * 60_000;

/**
 * Sends a PENDING plan to its spoke, as one transaction: with the environment locked, and a product that
 * limits how many of its plans execute, it looks at every constraint once more and at every gate, with the
 * roles that people have then, moves the plan and writes the offer to the outbox. A plan whose constraints
 * no longer hold becomes BLOCKED and is refused with the reasons.
 */
export async function dispatchPlan(
  context: Context,
  principal: Principal,
  planId: string,
  { constraints, onBug }: EvaluationTools,
): Promise<Result<Plan, Refusal>> {
  return context.store.transact(async (unit) => {
    const found = await unit.plans.get(planId);
    if (found === undefined) return err(planNotFound(planId));
    // In this order, so that two that race never wait for each other. Spokes are of one environment.
    await unit.environments.lock(found.environment);
    await unit.products.lockLimited(found.product);
    const plan = (await unit.plans.get(planId)) ?? found;
    if (plan.state !== 'PENDING' && plan.state !== 'BLOCKED') {
      return err(
        refusal(
          'plan/illegal_transition',
          `plan ${planId} is ${plan.state}; only a PENDING plan can be executed`,
          { data: { state: plan.state } },
        ),
      );
    }
    const now = context.clock.now();
    const set = await constraints.load(unit);
    const presence = replicaFacts(context, now);
    const [facts] = await loadGates(unit, await loadFacts(unit, [plan.entity], presence, set));
    if (facts === undefined) throw new InvariantViolation(`plan ${planId} has no entity`);
    const proposal = proposePlan(facts.entityFacts);
    if (proposal.kind === 'nothing' || planDigest(proposal.plan.content) !== plan.digest) {
      await unit.dirty.mark([plan.entity]);
      return err(
        refusal(
          'plan/not_ready',
          `plan ${planId} no longer fits what is desired and reported; its entity is being evaluated again`,
        ),
      );
    }
    const { result, approval } = judgePlan(set, facts, proposal.plan);
    for (const fault of result.faults ?? []) onBug(plan.entity, fault);
    if (!result.satisfied) return block(context, unit, principal, { plan, result });
    const approvedBy = approversOf(approval);
    const entityVersion = carriedVersion(facts.entityFacts.entity, proposal.plan);
    const going = { ...plan, ...(entityVersion !== undefined && { entityVersion }) };
    const offered = await offer(context, unit, principal, { plan: going, result, approvedBy, now });
    if (offered.ok) await afterOffer(unit, plan, facts);
    return offered;
  });
}

/** What was said of the entity is used up, and its neighbours are judged by what comes. */
async function afterOffer(unit: UnitOfWork, plan: Plan, facts: GatedFacts): Promise<void> {
  const { gates, entityFacts, surroundings } = facts;
  if (gates !== null) {
    await consumeStanding(unit, gates.approvals, plan.id, surroundings.presence.now);
  }
  if (changesVersion(plan, entityFacts)) {
    await unit.dirty.mark(await neighboursOf(unit, plan));
  }
}

/** The people by whose word it goes. */
function approversOf(approval: JudgedPlan['approval']): readonly string[] {
  const all = approval?.judged.gates.flatMap(({ approvers }) => approvers) ?? [];
  return [...new Set(all.map(({ name }) => name))].sort();
}

/** Whether its neighbours are judged by something else from now on. */
function changesVersion({ to }: Plan, { reported }: EntityFacts): boolean {
  return to === null || to.version !== runningVersion(reported?.release ?? null);
}

async function block(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  { plan, result }: { readonly plan: Plan; readonly result: ConstraintResult },
): Promise<Result<never, Refusal>> {
  const { violations } = result;
  const { recheckAt: _, inLineSince: _in, ...rest } = plan;
  const held: Plan = {
    ...rest,
    ...answerOf(result, placeOf(plan)),
    waits: turnWaits(plan, violations, context.clock.now().toISOString()),
  };
  const saved = await unit.plans.save(plan.state === 'BLOCKED' ? held : movePlan(held, 'BLOCKED'));
  if (!saved.ok) return err(lostRace(plan.id));
  // The slot that it does not take goes to the next; one that became free meanwhile may be its own.
  await unit.dirty.mark([plan.entity]);
  await recordBlocking(unit, plan, saved.value);
  if (plan.state !== 'BLOCKED') {
    await record(context, unit, principal, {
      action: 'plan.block',
      subject: `plan/${plan.id}`,
      detail: { violations: violations.map(({ code }) => code) },
    });
  }
  return err(
    refusal(
      'plan/not_ready',
      `plan ${plan.id} is BLOCKED: ${violations.map(({ message }) => message).join('; ')}`,
      { data: { violations: violations.map(({ code, message }) => ({ code, message })) } },
    ),
  );
}

async function offer(
  context: Context,
  unit: UnitOfWork,
  principal: Principal,
  {
    plan,
    result: { noted = [], windowEnd },
    approvedBy,
    now,
  }: {
    readonly plan: Plan;
    readonly result: ConstraintResult;
    readonly approvedBy: readonly string[];
    readonly now: Date;
  },
): Promise<Result<Plan, Refusal>> {
  const payload = await offerMessage(context, unit, plan, {
    now,
    expiresAt: new Date(now.getTime() + OFFER_VALID_MS).toISOString(),
    windowEnd,
    noted,
  });
  if (!payload.ok) return payload;
  const { recheckAt: _, ...due } = plan;
  const ready = due.state === 'BLOCKED' ? movePlan(due, 'PENDING', { violations: [] }) : due;
  const saved = await unit.plans.save(
    movePlan(ready, 'EXECUTING', {
      phase: 'dispatched',
      violations: [],
      ...(noted.length > 0 && { noted }),
      waits: turnWaits(plan, [], now.toISOString()),
      startedAt: now.toISOString(),
    }),
  );
  if (!saved.ok) return err(lostRace(plan.id));
  await unit.outbox.add({
    id: context.ids.next(),
    spoke: plan.spoke,
    type: 'plan.offer',
    planId: plan.id,
    payload: payload.value,
    createdAt: now.toISOString(),
  });
  const breakGlass = await noteUse(context, unit, principal, { plan, noted });
  await record(context, unit, principal, {
    action: 'plan.dispatch',
    subject: `plan/${plan.id}`,
    detail: {
      digest: plan.digest,
      spoke: plan.spoke,
      ...(approvedBy.length > 0 && { approvedBy }),
      ...(breakGlass.length > 0 && { breakGlass }),
      ...(noted.length > 0 && {
        noted: noted.map(({ code, effect, message }) => ({ code, effect, message })),
      }),
    },
  });
  return ok(saved.value);
}
