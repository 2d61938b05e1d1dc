import {
  beginWaits,
  type ConstraintResult,
  type Hold,
  movePlan,
  placeLeftBy,
  placeOf,
  type Plan,
  planDigest,
  type ProposedPlan,
  turnWaits,
  waitsInLine,
} from '@apollo-deploy/domain';
import { canonicalJson } from '@apollo-deploy/kernel';
import { recordBlocking, recordEnding } from '../analytics/count-plans.js';
import { record } from '../audit/record.js';
import { requestBackup } from '../backups/request-backup.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import type { JudgedPlan } from './judge-plan.js';
import type { LoadedFacts } from './load-facts.js';
import { planFactsOf } from './plan-facts.js';
import { waitsForPerson } from './waits-for-person.js';

/** The earliest goes first, and of one instant who stood in line before. */
export interface Turn {
  /** RFC 3339. */
  readonly since: string;
  readonly stoodInLine: boolean;
}

/** What an evaluation did for one entity. */
export interface EvaluationOutcome {
  readonly entity: string;
  readonly result: 'proposed' | 'blocked' | 'unchanged';
  readonly planId?: string;
  /** PENDING in an environment where plans go by themselves. */
  readonly dispatchable: boolean;
  /** Its place among those who want a slot; absent if it wants none now. */
  readonly turn?: Turn;
  /** It stands in line now and did not before. */
  readonly joinedLine?: boolean;
  /** A backup of what runs was asked for, which nothing else waits for. */
  readonly wantsBackup?: boolean;
  /** A person asked for another try, and this hold keeps it from being made. */
  readonly heldBy?: Hold;
}

/** One evaluation under way: where it writes. */
export interface EvaluationWork {
  readonly context: Context;
  readonly unit: UnitOfWork;
}

/** The same content is still wanted: the plan stays, with what holds it now. */
export async function keepPlan(
  { context, unit }: EvaluationWork,
  facts: LoadedFacts,
  { plan: proposed, result }: JudgedPlan,
  open: Plan,
): Promise<EvaluationOutcome> {
  const wantsBackup = await requestBackup(context, unit, result, planFactsOf(facts, proposed));
  const state = result.satisfied ? 'PENDING' : 'BLOCKED';
  const same = isSamePurpose(open, proposed) && isSameNews(open, proposed);
  if (open.state === state && same && sameAnswer(open, result)) {
    return { ...outcome(facts, open, 'unchanged'), wantsBackup };
  }
  const { recheckAt: _, inLineSince: _in, rollbackOf: _of, repairOf: _or, ...others } = open;
  const { stepOf: _step, ...rest } = others;
  const waits = turnWaits(open, holding(result), context.clock.now().toISOString());
  const plan: Plan = {
    ...rest,
    planClass: proposed.planClass,
    reason: proposed.reason,
    passedOver: proposed.passedOver,
    ...linksOf(proposed),
    ...answerOf(result, placeOf(open)),
    waits,
  };
  const saved = await unit.plans.save(open.state === state ? plan : movePlan(plan, state));
  if (!saved.ok) return lost(unit, open.entity);
  await recordBlocking(unit, open, saved.value);
  if (open.state !== state) {
    await record(context, unit, ENGINE, {
      action: state === 'BLOCKED' ? 'plan.block' : 'plan.unblock',
      subject: `plan/${open.id}`,
      detail: { violations: result.violations.map(({ code }) => code) },
    });
  }
  return { ...outcome(facts, saved.value, result.satisfied ? 'proposed' : 'blocked'), wantsBackup };
}

/** Makes the plan that was proposed, PENDING or BLOCKED. */
export async function makePlan(
  { context, unit }: EvaluationWork,
  facts: LoadedFacts,
  { plan: proposed, result, forced }: JudgedPlan & { readonly forced: boolean },
  id: string,
): Promise<EvaluationOutcome> {
  const { entity, declines, openPlan } = facts.entityFacts;
  const wantsBackup = await requestBackup(context, unit, result, planFactsOf(facts, proposed));
  const earlier = declines.find(({ contentKey }) => contentKey === proposed.contentKey);
  const createdAt = context.clock.now().toISOString();
  const queuedSince = openPlan && placeLeftBy(openPlan);
  const inserted = await unit.plans.insert({
    id,
    entity: entity.name,
    environment: entity.environment,
    spoke: entity.spoke,
    product: entity.product,
    type: proposed.type,
    planClass: proposed.planClass,
    state: result.satisfied ? 'PENDING' : 'BLOCKED',
    content: proposed.content,
    digest: planDigest(proposed.content),
    contentKey: proposed.contentKey,
    values: proposed.values,
    from: proposed.from,
    to: proposed.to,
    reason: proposed.reason,
    passedOver: proposed.passedOver,
    ...answerOf(result, queuedSince ?? createdAt),
    ...(queuedSince !== undefined && { queuedSince }),
    attempt: (earlier?.failures ?? 0) + 1,
    ...linksOf(proposed),
    ...(forced && { forced }),
    waits: beginWaits(holding(result), createdAt),
    createdAt,
    version: 1,
  });
  if (!inserted.ok) return lost(unit, entity.name);
  await recordBlocking(unit, undefined, inserted.value);
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
  return {
    ...outcome(facts, inserted.value, result.satisfied ? 'proposed' : 'blocked'),
    wantsBackup,
  };
}

/** Takes a plan back that is no longer wanted. False if somebody else was faster. */
export async function withdrawPlan(
  { context, unit }: EvaluationWork,
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
  await recordEnding(unit, open, saved.value);
  await record(context, unit, ENGINE, {
    action: 'plan.withdraw',
    subject: `plan/${open.id}`,
    detail: { message },
  });
  return true;
}

/**
 * A plan that nothing holds may be held from an instant on, as by a freeze that begins. `since`: its
 * place, if it stands in line.
 */
export function answerOf(
  { violations, recheckAt }: ConstraintResult,
  since: string,
): Pick<Plan, 'violations' | 'recheckAt' | 'inLineSince'> {
  return {
    violations,
    ...(recheckAt !== undefined && { recheckAt }),
    ...(waitsInLine(violations) && { inLineSince: since }),
  };
}

/** What keeps a plan from going. */
function holding({ satisfied, violations }: ConstraintResult): Plan['violations'] {
  return satisfied ? [] : violations;
}

type PlanLinks = Pick<Plan, 'rollbackOf' | 'repairOf' | 'stepOf'>;

function linksOf({ rollbackOf, repairOf, stepOf }: PlanLinks): PlanLinks {
  return {
    ...(stepOf !== undefined && { stepOf }),
    ...(rollbackOf !== undefined && { rollbackOf }),
    ...(repairOf !== undefined && { repairOf }),
  };
}

/** The same content may come to mean something else, as when it is observed to be what succeeded. */
function isSamePurpose(open: Plan, proposed: ProposedPlan): boolean {
  return (
    open.planClass === proposed.planClass &&
    open.rollbackOf === proposed.rollbackOf &&
    open.repairOf === proposed.repairOf &&
    open.stepOf === proposed.stepOf
  );
}

/** The same content may be wanted for another reason, or past other releases. */
function isSameNews(open: Plan, { reason, passedOver }: ProposedPlan): boolean {
  return (
    open.reason === reason &&
    canonicalJson(passedOverJson(open.passedOver)) === canonicalJson(passedOverJson(passedOver))
  );
}

function sameAnswer(open: Plan, result: ConstraintResult): boolean {
  const answer = answerOf(result, placeOf(open));
  return (
    open.recheckAt === answer.recheckAt &&
    open.inLineSince === answer.inLineSince &&
    canonicalJson(jsonOf(open.violations)) === canonicalJson(jsonOf(answer.violations))
  );
}

async function lost(unit: UnitOfWork, entity: string): Promise<EvaluationOutcome> {
  await unit.dirty.mark([entity]);
  return { entity, result: 'unchanged', dispatchable: false };
}

function outcome(
  { environment, entityFacts: { openPlan } }: LoadedFacts,
  plan: Plan,
  result: EvaluationOutcome['result'],
): EvaluationOutcome {
  const stoodInLine = openPlan?.inLineSince !== undefined;
  const dispatchable = plan.state === 'PENDING' && !waitsForPerson(environment, plan);
  return {
    entity: plan.entity,
    result,
    planId: plan.id,
    dispatchable,
    ...(dispatchable && { turn: { since: placeOf(plan), stoodInLine } }),
    joinedLine: plan.inLineSince !== undefined && !stoodInLine,
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

function passedOverJson(passedOver: Plan['passedOver']): Parameters<typeof canonicalJson>[0] {
  return passedOver.map(({ version, violations }) => ({ version, violations: jsonOf(violations) }));
}
