import { MINUTE_MS } from '../schedules/calendar-day.js';
import { formatInstant, HORIZON_MS } from '../schedules/instant.js';
import { doesNotFit } from '../schedules/time-left.js';
import type { WindowReason } from '../schedules/window-answer.js';
import type { WindowSchedule } from '../schedules/window-schedule.js';
import { type Constraint, type ConstraintResult, SATISFIED } from './constraint.js';
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
        if (short !== undefined) return short;
        return opening(answer.openUntil, mustFitMinutes);
      }
      const found = firstThatFits(schedule, now, mustFitMinutes);
      return held(
        answer.because.map((reason) => violationOf(reason, found, mustFitMinutes)),
        found.nextOpen ?? found.searchedUntil,
      );
    },
  };
}

function opening(openUntil: string | undefined, mustFitMinutes: number): ConstraintResult {
  if (openUntil === undefined) return SATISFIED;
  const windowEnd = mustFitMinutes === 0 ? openUntil : tooLateFrom(openUntil, mustFitMinutes);
  return { satisfied: true, violations: [], metadata: {}, recheckAt: openUntil, windowEnd };
}

/** What is exactly enough still fits. */
function tooLateFrom(openUntil: string, mustFitMinutes: number): string {
  return formatInstant(Date.parse(openUntil) - mustFitMinutes * MINUTE_MS + 1);
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
): ConstraintResult | undefined {
  const short = doesNotFit(schedule.evaluate(now), now, mustFitMinutes);
  if (short === undefined) return undefined;
  const { message, ...data } = short;
  const found = firstThatFits(schedule, new Date(short.openUntil), mustFitMinutes);
  const { nextOpen } = found;
  const violation: KnownViolation = {
    code: 'window_too_short',
    message: nextOpen === undefined ? `${message}; ${noneFits(found, mustFitMinutes)}` : message,
    data: { ...data, nextOpen: nextOpen ?? null },
    ...(nextOpen !== undefined && { recheckAt: nextOpen }),
  };
  return held([violation], nextOpen ?? found.searchedUntil);
}

/** The first opening that is long enough, or where looking for it ended before 400 days. */
interface Found {
  readonly nextOpen?: string;
  readonly searchedUntil?: string;
}

/** From an instant at which all is shut, when it is next open for long enough. */
function firstThatFits(schedule: WindowSchedule, from: Date, mustFitMinutes: number): Found {
  const horizon = from.getTime() + HORIZON_MS;
  const limit = Math.min(horizon, schedule.looksAheadTo(from) ?? horizon);
  let at = from;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const { nextOpen, nextClose, searchedUntil } = schedule.evaluate(at);
    if (searchedUntil !== undefined) return { searchedUntil };
    if (nextOpen === undefined) return {};
    if (nextClose === undefined) return { nextOpen };
    const lasts = Date.parse(nextClose) - Date.parse(nextOpen);
    if (lasts >= mustFitMinutes * MINUTE_MS) return { nextOpen };
    at = new Date(nextClose);
    if (at.getTime() >= limit) return limit === horizon ? {} : { searchedUntil: nextClose };
  }
  return { searchedUntil: formatInstant(at.getTime()) };
}

function noneFits({ searchedUntil }: Found, mustFitMinutes: number): string {
  const within = searchedUntil === undefined ? 'within 400 days' : `before ${searchedUntil}`;
  return `no opening ${within} lasts the ${String(mustFitMinutes)} minutes that are needed; lower mustFitMinutes or lengthen a window`;
}

/** What a shut layer says more where something must fit: the next opening may be too short for it. */
function fitOf(found: Found, until: string | null, mustFitMinutes: number): string {
  if (mustFitMinutes === 0 || until === null || found.nextOpen === until) return '';
  if (found.nextOpen === undefined) return `; ${noneFits(found, mustFitMinutes)}`;
  return `; the first opening that lasts the ${String(mustFitMinutes)} minutes that are needed is at ${found.nextOpen}`;
}

function violationOf(reason: WindowReason, found: Found, mustFitMinutes: number): KnownViolation {
  const { kind, id, name = null, until = null } = reason;
  const isLayer = kind === 'maintenance_window';
  const message = `${reason.message}${isLayer ? fitOf(found, until, mustFitMinutes) : ''}`;
  const endsAt = isLayer && mustFitMinutes > 0 ? (found.nextOpen ?? null) : until;
  const more =
    reason.kind === 'suppression_window'
      ? { reason: reason.reason, hard: reason.hard }
      : { layer: reason.layer };
  return {
    code: kind,
    message,
    data: {
      ...(id !== undefined && { id }),
      name,
      until,
      nextOpen: found.nextOpen ?? null,
      ...more,
    },
    ...(endsAt !== null && { recheckAt: endsAt }),
  };
}
