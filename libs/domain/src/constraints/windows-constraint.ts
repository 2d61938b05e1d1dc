import { MINUTE_MS } from '../schedules/calendar-day.js';
import { HORIZON_MS } from '../schedules/instant.js';
import { doesNotFit } from '../schedules/time-left.js';
import type { WindowReason } from '../schedules/window-answer.js';
import type { WindowSchedule } from '../schedules/window-schedule.js';
import type { Constraint, ConstraintResult } from './constraint.js';
import type { KnownViolation } from './violation-codes.js';

/** Openings that are too short may come in any number; an answer beyond so many is no help. */
const LOOKS_MAX = 1000;

/**
 * All windows and suppressions that apply to a plan, as one constraint: a violation for each reason
 * that shuts it, each with the instant at which that reason alone ends; `recheckAt` of the whole is the
 * instant at which all of them are open together, for `mustFitMinutes` at least.
 */
export function windowsConstraint(schedule: WindowSchedule, mustFitMinutes = 0): Constraint {
  return {
    kind: 'windows',
    evaluate({ now }) {
      const answer = schedule.evaluate(now);
      if (answer.open) {
        const short = tooShort(schedule, now, mustFitMinutes);
        if (short !== undefined) return held([short], short.recheckAt);
        const { openUntil: recheckAt } = answer;
        return { satisfied: true, violations: [], metadata: {}, ...(recheckAt && { recheckAt }) };
      }
      const nextOpen = firstThatFits(schedule, now, mustFitMinutes);
      return held(
        answer.because.map((reason) => violationOf(reason, nextOpen)),
        nextOpen,
      );
    },
  };
}

function held(
  violations: readonly KnownViolation[],
  recheckAt: string | undefined,
): ConstraintResult {
  const until = recheckAt === undefined ? {} : { recheckAt };
  return { satisfied: false, violations, metadata: {}, ...until };
}

function tooShort(
  schedule: WindowSchedule,
  now: Date,
  mustFitMinutes: number,
): KnownViolation | undefined {
  const short = doesNotFit(schedule.evaluate(now), now, mustFitMinutes);
  if (short === undefined) return undefined;
  const { message, ...data } = short;
  const nextOpen = firstThatFits(schedule, new Date(short.openUntil), mustFitMinutes);
  return {
    code: 'window_too_short',
    message,
    data: { ...data, nextOpen: nextOpen ?? null },
    ...(nextOpen !== undefined && { recheckAt: nextOpen }),
  };
}

/** From an instant at which all is shut, when it is next open for long enough. */
function firstThatFits(
  schedule: WindowSchedule,
  from: Date,
  mustFitMinutes: number,
): string | undefined {
  const limit = from.getTime() + HORIZON_MS;
  let at = from;
  for (let look = 0; look < LOOKS_MAX && at.getTime() <= limit; look += 1) {
    const { nextOpen, nextClose } = schedule.evaluate(at);
    if (nextOpen === undefined || nextClose === undefined) return nextOpen;
    const lasts = Date.parse(nextClose) - Date.parse(nextOpen);
    if (lasts >= mustFitMinutes * MINUTE_MS) return nextOpen;
    at = new Date(nextClose);
  }
  return undefined;
}

function violationOf(reason: WindowReason, nextOpen: string | undefined): KnownViolation {
  const { kind, message, name = null, until = null } = reason;
  const more =
    reason.kind === 'suppression_window'
      ? { reason: reason.reason, hard: reason.hard }
      : { layer: reason.layer };
  return {
    code: kind,
    message,
    data: { name, until, nextOpen: nextOpen ?? null, ...more },
    ...(until !== null && { recheckAt: until }),
  };
}
