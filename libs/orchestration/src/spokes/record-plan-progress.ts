import {
  PLAN_PHASES,
  type Plan,
  type PlanPhase,
  type PlanProgress,
  type Refusal,
} from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { byHubClock } from './clock-skew.js';
import { fenced, type SpokeSession } from './spoke-session.js';

/** How far a plan has come, as its spoke says. */
export interface SpokeProgress {
  readonly planId: string;
  readonly phase: PlanPhase;
  readonly message?: string;
}

/** What a plan waits for, as its spoke says. */
export interface SpokeWait {
  readonly planId: string;
  readonly message: string;
  /** By the spoke's clock. RFC 3339. */
  readonly since: string;
}

const LONGEST_MESSAGE = 2048;
/** Within a phase the next word is stored if the last is older than this; each is a write of the plan. */
const STORED_EVERY_MS = 10_000;

/**
 * Notes how far a plan has come, and what is said of that. A phase never goes back, and what is said of
 * a plan that has ended, or is not this spoke's, is ignored.
 */
export async function recordPlanProgress(
  context: Context,
  session: SpokeSession,
  { planId, phase, message }: SpokeProgress,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const plan = await executing(unit, session, planId);
    if (plan === undefined) return ok(undefined);
    const reached = PLAN_PHASES.indexOf(plan.phase ?? 'dispatched');
    const order = PLAN_PHASES.indexOf(phase) - reached;
    const now = context.clock.now();
    if (order < 0 || (order === 0 && !isWorthStoring(plan.progress, message, now))) {
      return ok(undefined);
    }
    const { progress: _, ...rest } = plan;
    const said = message === undefined ? {} : { progress: progressOf(message, now) };
    const saved = await unit.plans.save({ ...rest, ...said, phase });
    if (saved.ok && order > 0 && phase === 'claimed') {
      await record(
        context,
        unit,
        { kind: 'spoke', name: session.spoke, roles: [] },
        { action: 'plan.claim', subject: `plan/${planId}` },
      );
    }
    return ok(undefined);
  });
}

/** Notes what a plan waits for; the same again changes nothing. */
export async function recordPlanWaiting(
  context: Context,
  session: SpokeSession,
  { planId, message, since }: SpokeWait,
): Promise<Result<void, Refusal>> {
  return context.store.transact(async (unit) => {
    const spoke = await fenced(unit, session);
    if (!spoke.ok) return spoke;
    const plan = await executing(unit, session, planId);
    const now = context.clock.now();
    const began = byHubClock(since, spoke.value.clockSkewMs) ?? now;
    const said = progressOf(message, now);
    const { message: before, waitingSince } = plan?.progress ?? {};
    if (plan === undefined || (waitingSince !== undefined && before === said.message)) {
      return ok(undefined);
    }
    const progress = { ...said, waitingSince: (began < now ? began : now).toISOString() };
    await unit.plans.save({ ...plan, progress });
    return ok(undefined);
  });
}

async function executing(
  unit: UnitOfWork,
  { spoke }: SpokeSession,
  planId: string,
): Promise<Plan | undefined> {
  const plan = await unit.plans.get(planId);
  return plan?.spoke === spoke && plan.state === 'EXECUTING' ? plan : undefined;
}

function progressOf(message: string, now: Date): PlanProgress {
  return { message: message.slice(0, LONGEST_MESSAGE), at: now.toISOString() };
}

/** The end of a wait is; what else is said within a phase is, now and then. */
function isWorthStoring(
  before: PlanProgress | undefined,
  message: string | undefined,
  now: Date,
): boolean {
  if (message === undefined || before === undefined) return false;
  if (before.waitingSince !== undefined) return true;
  const isNews = before.message !== message.slice(0, LONGEST_MESSAGE);
  return isNews && now.getTime() - Date.parse(before.at) >= STORED_EVERY_MS;
}
