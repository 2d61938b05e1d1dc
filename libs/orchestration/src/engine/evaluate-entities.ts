import {
  type ConstraintSet,
  type Hold,
  planDigest,
  type Proposal,
  proposePlan,
  type ProposeOptions,
} from '@apollo-deploy/domain';
import { followRequests } from '../approvals/follow-requests.js';
import { lapsePlan } from '../approvals/lapse-plan.js';
import { type GatedFacts, loadGates } from '../approvals/load-gates.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { EvaluationRecord, Settling } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { ConstraintCache } from './constraint-cache.js';
import { dropVainDemand } from './follow-rollback.js';
import { type JudgedPlan, judgePlan } from './judge-plan.js';
import { isAwaited, keepSettling, type EvaluationSettling } from './keep-settling.js';
import { laterThan } from './later-than.js';
import { type LoadedFacts, loadFacts } from './load-facts.js';
import {
  type EvaluationOutcome,
  type EvaluationWork,
  keepPlan,
  makePlan,
  withdrawPlan,
} from './open-plan.js';
import { endHold } from './holds.js';
import { markOvertaken } from './mark-overtaken.js';
import { passSlotsOn } from './pass-slots-on.js';
import { replicaFacts } from './replica-facts.js';
import { settleContent } from './settle-content.js';
import { endSuppression } from './suppressions.js';

/** An entity to evaluate; `force`: a person asked, so declined content may be proposed again. */
export interface Mark {
  readonly entity: string;
  readonly force: boolean;
}

/** Told of an entity whose evaluation, or the dispatch of whose plan, met a bug. */
export type OnEvaluationBug = (entity: string, error: Error) => void;

export interface EvaluationTools {
  readonly constraints: ConstraintCache;
  readonly onBug: OnEvaluationBug;
}

/**
 * Evaluates entities in one transaction: keeps, replaces, withdraws or makes their open plans. The
 * number of reading statements does not depend on how many entities there are.
 */
export async function evaluateEntities(
  context: Context,
  unit: UnitOfWork,
  marks: readonly Mark[],
  { constraints, onBug }: EvaluationTools,
): Promise<readonly EvaluationOutcome[]> {
  const presence = replicaFacts(context);
  const forced = new Set(marks.filter(({ force }) => force).map(({ entity }) => entity));
  const names = [...new Set(marks.map(({ entity }) => entity))];
  const set = await constraints.load(unit);
  const outcomes: EvaluationOutcome[] = [];
  const batch = await loadGates(unit, await loadFacts(unit, names, presence, set));
  await markOvertaken(unit, batch);
  for (const loaded of batch) {
    const name = loaded.entityFacts.entity.name;
    const force = forced.has(name);
    const entityFacts = await dropVainDemand(context, unit, loaded.entityFacts, force);
    const facts = { ...loaded, entityFacts };
    const answer = withoutBugs(name, onBug, () => answerFor(set, facts, force));
    if (answer === undefined) {
      await postpone(unit, facts);
      continue;
    }
    for (const fault of answer.judged?.result.faults ?? []) onBug(name, fault);
    const { proposal } = answer;
    await endRestraints(context, unit, proposal, force);
    const settling = await settleContent(context, unit, facts, proposal);
    const outcome = await apply({ context, unit }, facts, { answer, forced: force, settling });
    const heldBy = force ? heldBackBy(answer) : undefined;
    outcomes.push(heldBy === undefined ? outcome : { ...outcome, heldBy });
    await remember(context, unit, facts, { proposal, settling });
  }
  return passSlotsOn(unit, batch, outcomes);
}

/** What is to be done for an entity: nothing, or a plan that was judged. */
type Answer =
  | { readonly proposal: Extract<Proposal, { readonly kind: 'nothing' }>; readonly judged?: never }
  | { readonly proposal: Proposal; readonly judged: JudgedPlan };

/** A person who asks for another try does not thereby end one restraint while another stays. */
function answerFor(set: ConstraintSet, facts: GatedFacts, force: boolean): Answer {
  const answer = answerWith(set, facts, { force });
  const keeps = force && heldBackBy(answer) !== undefined;
  return keeps ? answerWith(set, facts, { force, keepSuppression: true }) : answer;
}

/** The hold that keeps an entity from being tried. */
function heldBackBy({ proposal, judged }: Answer): Hold | undefined {
  const isHeld = judged?.result.violations.some(({ code }) => code === 'hold') ?? true;
  return isHeld ? proposal.restraints.inForce.hold : undefined;
}

function answerWith(set: ConstraintSet, facts: GatedFacts, options: ProposeOptions): Answer {
  const proposal = proposePlan(facts.entityFacts, options);
  if (proposal.kind === 'nothing') return { proposal };
  return { proposal, judged: judgePlan(set, facts, proposal.plan) };
}

/**
 * A bug with one entity must not hold up the others: it is told, and the entity is left alone. Only
 * for work that reads and writes nothing, so that whatever is thrown is a bug.
 */
function withoutBugs(
  entity: string,
  onBug: OnEvaluationBug,
  work: () => Answer,
): Answer | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    onBug(entity, error);
    return undefined;
  }
}

/** Takes out what the present target, or a person who asks for another try, has ended. */
async function endRestraints(
  context: Context,
  unit: UnitOfWork,
  { restraints: { ended } }: Proposal,
  forced: boolean,
): Promise<void> {
  const { hold, suppression } = ended;
  if (suppression !== undefined) {
    const why = forced ? 'a person asked for another try' : 'another content is wanted';
    await endSuppression(context, unit, ENGINE, suppression, why);
  }
  if (hold !== undefined) {
    await endHold(context, unit, ENGINE, hold, 'newer content is wanted');
  }
}

/** What was due stays due until it is judged; while that cannot be done, it waits. */
async function postpone(
  unit: UnitOfWork,
  { entityFacts: { openPlan }, surroundings, lastEvaluation }: LoadedFacts,
): Promise<void> {
  const { now } = surroundings.presence;
  const waits = openPlan?.state === 'PENDING' || openPlan?.state === 'BLOCKED';
  const inLine = openPlan?.inLineSince !== undefined;
  if (waits && (inLine || openPlan.recheckAt !== undefined)) {
    const recheckAt = laterThan(now, openPlan.recheckAt ?? now.toISOString());
    // It steps out of the line, so that nobody waits behind it for a slot which it cannot take.
    const { inLineSince: _, ...rest } = openPlan;
    // If somebody changed the plan meanwhile, it is theirs to say when it is due.
    if (inLine || recheckAt !== openPlan.recheckAt) await unit.plans.save({ ...rest, recheckAt });
  }
  if (lastEvaluation?.recheckAt !== undefined) {
    const recheckAt = laterThan(now, lastEvaluation.recheckAt);
    const changed = recheckAt !== lastEvaluation.recheckAt;
    if (changed) await unit.evaluations.put([{ ...lastEvaluation, recheckAt }]);
  }
}

/** What an evaluation acts on. */
interface Findings {
  readonly answer: Answer;
  readonly forced: boolean;
  readonly settling: EvaluationSettling;
}

async function apply(
  work: EvaluationWork,
  facts: LoadedFacts,
  { answer, forced, settling }: Findings,
): Promise<EvaluationOutcome> {
  const { entity, openPlan } = facts.entityFacts;
  const unchanged: EvaluationOutcome = {
    entity: entity.name,
    result: 'unchanged',
    dispatchable: false,
  };
  if (answer.judged === undefined) {
    const { code, why } = answer.proposal;
    if (openPlan === undefined || code === 'in_progress') return unchanged;
    if (isAwaited(facts.entityFacts, openPlan, answer.proposal, settling)) {
      return keepSettling(work, openPlan, why, settling);
    }
    await withdrawPlan(work, openPlan, why);
    return unchanged;
  }
  const { judged } = answer;
  const digest = planDigest(judged.plan.content);
  if (openPlan?.digest === digest) {
    const { lapsed } = judged.approval ?? {};
    if (lapsed !== undefined) return lapsePlan(work, openPlan, lapsed);
    await followRequests(work, openPlan, judged.approval);
    return keepPlan(work, facts, judged, openPlan);
  }
  const id = work.context.ids.next();
  if (openPlan !== undefined) {
    const withdrawn = await withdrawPlan(work, openPlan, `superseded by plan ${id}`, id);
    if (!withdrawn) return unchanged;
  }
  const made = await makePlan(work, facts, { ...judged, forced }, id);
  if (made.planId !== undefined)
    await followRequests(
      work,
      { ...judged.plan, id, entity: entity.name, digest },
      judged.approval,
    );
  return made;
}

async function remember(
  context: Context,
  unit: UnitOfWork,
  { entityFacts, lastEvaluation }: LoadedFacts,
  {
    proposal,
    settling,
  }: {
    readonly proposal: Proposal;
    readonly settling: EvaluationSettling;
  },
): Promise<void> {
  const next = {
    entity: entityFacts.entity.name,
    code: proposal.kind === 'plan' ? 'planned' : proposal.code,
    why: proposal.kind === 'plan' ? proposal.plan.reason : proposal.why,
    target: {
      version: proposal.target.kind === 'release' ? proposal.target.release.version : null,
      reason: proposal.target.reason,
    },
    ...settling,
  };
  const same =
    isSameSettling(lastEvaluation, settling) &&
    lastEvaluation?.code === next.code &&
    lastEvaluation.why === next.why &&
    lastEvaluation.target.version === next.target.version &&
    lastEvaluation.target.reason === next.target.reason;
  if (same) return;
  await unit.evaluations.put([{ ...next, at: context.clock.now().toISOString() }]);
}

function isSameSettling(before: EvaluationRecord | undefined, now: EvaluationSettling): boolean {
  return (
    before?.recheckAt === now.recheckAt &&
    before?.awaitsSpoke === now.awaitsSpoke &&
    isSameStretch(before?.settling, now.settling)
  );
}

function isSameStretch(before: Settling | undefined, now: Settling | undefined): boolean {
  return (
    before?.contentKey === now?.contentKey &&
    before?.since === now?.since &&
    before?.epoch === now?.epoch
  );
}
