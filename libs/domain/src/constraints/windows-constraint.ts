import type { WindowReason } from '../schedules/window-answer.js';
import type { WindowSchedule } from '../schedules/window-schedule.js';
import type { Constraint } from './constraint.js';
import type { KnownViolation } from './violation-codes.js';

/**
 * All windows and suppressions that apply to a plan, as one constraint: a violation for each reason
 * that shuts it, each with the instant at which that reason alone ends; `recheckAt` of the whole is the
 * instant at which all of them are open together.
 */
export function windowsConstraint(schedule: WindowSchedule): Constraint {
  return {
    kind: 'windows',
    evaluate({ now }) {
      const { open, because, nextOpen, openUntil } = schedule.evaluate(now);
      const recheckAt = open ? openUntil : nextOpen;
      const until = recheckAt === undefined ? {} : { recheckAt };
      if (open) return { satisfied: true, violations: [], metadata: {}, ...until };
      const violations = because.map((reason) => violationOf(reason, nextOpen));
      return { satisfied: false, violations, metadata: {}, ...until };
    },
  };
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
