import {
  BUILT_IN_CONSTRAINTS,
  evaluateConstraints,
  movePlan,
  type Plan,
  planDigest,
  type Proposal,
  type ProposedPlan,
  proposePlan,
} from '@apollo-deploy/domain';
import { canonicalJson, InvariantViolation } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { type LoadedFacts, loadFacts } from './load-facts.js';

/** An entity to evaluate; `force`: a person asked, so declined content may be proposed again. */
export interface Mark {
  readonly entity: string;
  readonly force: boolean;
}

/** What an evaluation did for one entity. */
export interface EvaluationOutcome {
  readonly entity: string;
  readonly result: 'proposed' | 'blocked' | 'unchanged';
  readonly planId?: string;
  /** PENDING in an environment where plans go by themselves. */
  readonly dispatchable: boolean;
}

/** Told of an entity whose evaluation contradicts itself. */
export type OnEvaluationBug = (entity: string, error: InvariantViolation) => void;

/**
 * Evaluates entities in one transaction: keeps, replaces, withdraws or makes their open plans. The
 * number of reading statements does not depend on how many entities there are.
 */
export async function evaluateEntities(
  context: Context,
  unit: UnitOfWork,
  marks: readonly Mark[],
  onBug: OnEvaluationBug,
): Promise<readonly EvaluationOutcome[]> {
  const presence = { now: context.clock.now(), startedAt: context.startedAt };
  const forced = new Set(marks.filter(({ force }) => force).map(({ entity }) => entity));
  const names = [...new Set(marks.map(({ entity }) => entity))];
  const outcomes: EvaluationOutcome[] = [];
  for (const facts of await loadFacts(unit, names, presence)) {
    const name = facts.entityFacts.entity.name;
    const proposal = propose(facts, forced.has(name), onBug);
    if (proposal === undefined) continue;
    outcomes.push(await apply(context, unit, facts, { proposal, forced: forced.has(name) }));
    await remember(context, unit, facts, proposal);
  }
  return outcomes;
}

/** A bug with one entity must not hold up the others: it is told, and the entity is left alone. */
function propose(
  { entityFacts }: LoadedFacts,
  force: boolean,
  onBug: OnEvaluationBug,
): Proposal | undefined {
  try {
    return proposePlan(entityFacts, { force });
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    onBug(entityFacts.entity.name, error);
    return undefined;
  }
}

async function apply(
  context: Context,
  unit: UnitOfWork,
  facts: LoadedFacts,
  { proposal, forced }: { readonly proposal: Proposal; readonly forced: boolean },
): Promise<EvaluationOutcome> {
  const { entity, openPlan } = facts.entityFacts;
  const unchanged: EvaluationOutcome = {
    entity: entity.name,
    result: 'unchanged',
    dispatchable: false,
  };
  if (proposal.kind === 'nothing') {
    if (openPlan !== undefined && proposal.code !== 'in_progress') {
      await withdraw(context, unit, openPlan, proposal.why);
    }
    return unchanged;
  }
  const digest = planDigest(proposal.plan.content);
  if (openPlan?.digest === digest) return keep(context, unit, facts, openPlan);
  const id = context.ids.next();
  if (openPlan !== undefined) {
    const withdrawn = await withdraw(context, unit, openPlan, `superseded by plan ${id}`, id);
    if (!withdrawn) return unchanged;
  }
  return make(context, unit, facts, { plan: proposal.plan, forced }, id);
}

async function keep(
  context: Context,
  unit: UnitOfWork,
  facts: LoadedFacts,
  open: Plan,
): Promise<EvaluationOutcome> {
  const { violations, satisfied } = evaluateConstraints(BUILT_IN_CONSTRAINTS, facts.planFacts);
  const state = satisfied ? 'PENDING' : 'BLOCKED';
  if (
    open.state === state &&
    canonicalJson(jsonOf(open.violations)) === canonicalJson(jsonOf(violations))
  ) {
    return outcome(facts, open, 'unchanged');
  }
  const moved =
    open.state === state ? { ...open, violations } : movePlan(open, state, { violations });
  const saved = await unit.plans.save(moved);
  if (!saved.ok) {
    await unit.dirty.mark([open.entity]);
    return { entity: open.entity, result: 'unchanged', dispatchable: false };
  }
  if (open.state !== state) {
    await record(context, unit, ENGINE, {
      action: state === 'BLOCKED' ? 'plan.block' : 'plan.unblock',
      subject: `plan/${open.id}`,
      detail: { violations: violations.map(({ code }) => code) },
    });
  }
  return outcome(facts, saved.value, satisfied ? 'proposed' : 'blocked');
}

async function make(
  context: Context,
  unit: UnitOfWork,
  facts: LoadedFacts,
  { plan: proposed, forced }: { readonly plan: ProposedPlan; readonly forced: boolean },
  id: string,
): Promise<EvaluationOutcome> {
  const { entity, declines } = facts.entityFacts;
  const { violations, satisfied } = evaluateConstraints(BUILT_IN_CONSTRAINTS, facts.planFacts);
  const earlier = declines.find(({ contentKey }) => contentKey === proposed.contentKey);
  const inserted = await unit.plans.insert({
    id,
    entity: entity.name,
    environment: entity.environment,
    spoke: entity.spoke,
    product: entity.product,
    type: proposed.type,
    state: satisfied ? 'PENDING' : 'BLOCKED',
    content: proposed.content,
    digest: planDigest(proposed.content),
    contentKey: proposed.contentKey,
    values: proposed.content.chart === null ? {} : entity.values,
    from: proposed.from,
    to: proposed.to,
    reason: proposed.reason,
    passedOver: [],
    violations,
    attempt: (earlier?.failures ?? 0) + 1,
    ...(forced && { forced }),
    createdAt: context.clock.now().toISOString(),
    version: 1,
  });
  if (!inserted.ok) {
    await unit.dirty.mark([entity.name]);
    return { entity: entity.name, result: 'unchanged', dispatchable: false };
  }
  await record(context, unit, ENGINE, {
    action: 'plan.propose',
    subject: `plan/${id}`,
    detail: {
      entity: entity.name,
      type: proposed.type,
      digest: inserted.value.digest,
      state: inserted.value.state,
    },
  });
  return outcome(facts, inserted.value, satisfied ? 'proposed' : 'blocked');
}

async function withdraw(
  context: Context,
  unit: UnitOfWork,
  open: Plan,
  message: string,
  supersededBy?: string,
): Promise<boolean> {
  const saved = await unit.plans.save(
    movePlan(open, 'CANCELLED', {
      cancelReason: 'superseded',
      message,
      endedAt: context.clock.now().toISOString(),
      ...(supersededBy !== undefined && { supersededBy }),
    }),
  );
  if (!saved.ok) {
    await unit.dirty.mark([open.entity]);
    return false;
  }
  await record(context, unit, ENGINE, {
    action: 'plan.withdraw',
    subject: `plan/${open.id}`,
    detail: { message },
  });
  return true;
}

async function remember(
  context: Context,
  unit: UnitOfWork,
  { entityFacts, lastEvaluation }: LoadedFacts,
  proposal: Proposal,
): Promise<void> {
  const next = {
    entity: entityFacts.entity.name,
    code: proposal.kind === 'plan' ? 'planned' : proposal.code,
    why: proposal.kind === 'plan' ? proposal.plan.reason : proposal.why,
    target: {
      version: proposal.target.kind === 'release' ? proposal.target.release.version : null,
      reason: proposal.target.reason,
    },
  };
  const same =
    lastEvaluation?.code === next.code &&
    lastEvaluation.why === next.why &&
    lastEvaluation.target.version === next.target.version &&
    lastEvaluation.target.reason === next.target.reason;
  if (same) return;
  await unit.evaluations.put([{ ...next, at: context.clock.now().toISOString() }]);
}

function outcome(
  { environment }: LoadedFacts,
  plan: Plan,
  result: EvaluationOutcome['result'],
): EvaluationOutcome {
  return {
    entity: plan.entity,
    result,
    planId: plan.id,
    dispatchable: plan.state === 'PENDING' && environment.execution === 'automatic',
  };
}

function jsonOf(violations: Plan['violations']): Parameters<typeof canonicalJson>[0] {
  return violations.map(({ code, message, data, recheckAt }) => ({
    code,
    message,
    data,
    recheckAt,
  }));
}
