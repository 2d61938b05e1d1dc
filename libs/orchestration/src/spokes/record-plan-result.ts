import type { Plan, PlanEvidence, PlanOutcome, Refusal } from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { endPlan, type PlanEnding } from '../engine/end-plan.js';
import type { Principal } from '../ports/principal.js';
import type { SpokeRecord } from '../ports/records.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { doubtSuccess } from './doubt-successes.js';
import { recordReleaseState, type ReleaseReportBody } from './record-state.js';
import { byHubClock } from './clock-skew.js';
import { agrees, noteContradiction } from './note-contradiction.js';
import { endLoss } from './note-lost-ledgers.js';
import { PlanMovedError } from './plan-moved-error.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/** A spoke's last word on a plan, as the protocol shapes it. */
export interface SpokeVerdict {
  readonly planId: string;
  readonly attempt: number;
  /** When the spoke looked, by its own clock, RFC 3339; absent = when its word is heard. */
  readonly at?: string;
  readonly result:
    | { readonly verdict: 'succeeded'; readonly message: string; readonly evidence: PlanEvidence }
    | {
        readonly verdict: 'failed';
        readonly outcome: PlanOutcome;
        readonly reason: string;
        readonly message: string;
        readonly interrupted: boolean;
        readonly evidence: PlanEvidence;
      }
    | {
        readonly verdict: 'declined';
        readonly reason: 'expired' | 'window_closed' | 'base_moved' | 'cancelled' | 'interrupted';
        readonly message: string;
        readonly evidence: PlanEvidence;
      }
    | { readonly verdict: 'unknown'; readonly message: string; readonly evidence: PlanEvidence };
  /** The release when the verdict was given: absent = not said, `null` = no such release. */
  readonly release?: ReleaseReportBody | null;
}

/**
 * Ends a plan by its spoke's word. The same word again changes nothing; another word for a plan
 * that has ended is kept out and noted, because a verdict is final.
 */
export async function recordPlanResult(
  context: Context,
  session: SpokeSession,
  verdict: SpokeVerdict,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const plan = await unit.plans.get(verdict.planId);
    if (plan?.spoke !== session.spoke || plan.attempt !== verdict.attempt) return ok(undefined);
    const by: Principal = { kind: 'spoke', name: session.spoke, roles: [] };
    const ending = endingOf(plan, verdict.result);
    if (plan.state !== 'EXECUTING' && plan.state !== 'UNKNOWN') {
      if (!agrees(plan.state, ending.state)) {
        await noteContradiction(context, unit, by, plan, ending.state);
      }
      return ok(undefined);
    }
    // Before the runs, which the report may lock: a recall locks environments and then runs.
    if (ending.state === 'FAILED') await unit.environments.lock(plan.environment);
    if (verdict.release !== undefined) {
      await recordReleaseState(context, unit, session.spoke, plan.content, verdict.release);
    }
    if (plan.state === ending.state) return ok(undefined);
    const ended = await endPlan(context, unit, plan, ending, {
      by: `spoke ${session.spoke}`,
      message: messageOf(plan, ending, verdict.result.message),
      evidence: evidenceOf(verdict.result),
      ...lookedAt(verdict, spoke.value),
    });
    if (!ended) throw new PlanMovedError(plan.id);
    if (ending.state === 'SUCCEEDED') {
      await compare(context, unit, verdict);
      await endLoss(unit, session.spoke, plan.content);
    }
    await record(context, unit, by, {
      action: `plan.${verdict.result.verdict}`,
      subject: `plan/${plan.id}`,
      detail: { state: ending.state, message: verdict.result.message, digest: plan.digest },
    });
    return ok(undefined);
  });
}

/** Declined as cancelled although no person asked: the offer was taken back for a constraint. */
function endingOf(plan: Plan, result: SpokeVerdict['result']): PlanEnding {
  switch (result.verdict) {
    case 'succeeded':
      return { state: 'SUCCEEDED' };
    case 'failed':
      return { state: 'FAILED', outcome: result.outcome, interrupted: result.interrupted };
    case 'declined':
      return {
        state: 'CANCELLED',
        cancelReason:
          result.reason === 'cancelled' && plan.cancelRequested === undefined
            ? 'withdrawn'
            : result.reason,
      };
    case 'unknown':
      return { state: 'UNKNOWN' };
  }
}

/** The report that comes with a success is of the same look, and has to show it. */
async function compare(context: Context, unit: UnitOfWork, verdict: SpokeVerdict): Promise<void> {
  if (verdict.release == null) return;
  const plan = await unit.plans.get(verdict.planId);
  if (plan !== undefined) await doubtSuccess(context, unit, plan, { report: verdict.release });
}

/** When the spoke looked, by the clock of the hub. */
function lookedAt(
  { at }: Pick<SpokeVerdict, 'at'>,
  { clockSkewMs }: SpokeRecord,
): { readonly lookedAt?: Date } {
  const looked = at === undefined ? undefined : byHubClock(at, clockSkewMs);
  return looked === undefined ? {} : { lookedAt: looked };
}

/** People who asked for an end are told when they were too late. */
function messageOf(plan: Plan, ending: PlanEnding, message: string): string {
  if (plan.cancelRequested === undefined || ending.state === 'CANCELLED') return message;
  return `${message}; the cancellation by ${plan.cancelRequested.by} came after Helm had begun`;
}

/** With the machine's word for a failure, such as `CrashLoopBackOff`. */
function evidenceOf(result: SpokeVerdict['result']): PlanEvidence {
  return result.verdict === 'failed'
    ? { reason: result.reason, ...result.evidence }
    : result.evidence;
}
