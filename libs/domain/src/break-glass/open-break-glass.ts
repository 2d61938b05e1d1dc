import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';
import { ACCEPTED_INSTANT, formatInstant, parseInstant } from '../schedules/instant.js';
import {
  type BreakGlass,
  LONGEST_BREAK_GLASS_MS,
  REVIEW_WITHIN_MS,
  WAIVABLE,
  type Waivable,
} from './break-glass.js';

const REASON_MIN = 10;
const REASON_MAX = 500;

/** What somebody asks for. */
export interface BreakGlassAsked {
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  /** The id of the hotfix that it is for. */
  readonly deployment?: string;
  /** One at least. */
  readonly waives: readonly Waivable[];
  /** 10 to 500 characters, white space around them not counted. */
  readonly reason: string;
  /** RFC 3339; later than now, by 24 hours at most. */
  readonly until: string;
  readonly openedBy: string;
}

/**
 * Opens a break-glass at an instant. Refused with `catalog/invalid_field` is what waives nothing, has
 * no reason worth reading, or ends never, too late or before it begins.
 */
export function openBreakGlass(asked: BreakGlassAsked, now: Date): Result<BreakGlass, Refusal> {
  const reason = asked.reason.trim();
  const waives = WAIVABLE.filter((kind) => asked.waives.includes(kind));
  if (waives.length === 0 || asked.waives.some((kind) => !WAIVABLE.includes(kind))) {
    return invalid(
      'waives',
      `waives names what is to give way: one or more of ${WAIVABLE.join(', ')}`,
    );
  }
  if (reason.length < REASON_MIN || reason.length > REASON_MAX) {
    return invalid(
      'reason',
      `reason has ${String(reason.length)} characters; accepted are ${String(REASON_MIN)} to ${String(REASON_MAX)}, white space around them not counted: whoever reviews this has to understand why`,
    );
  }
  const until = untilOf(asked.until, now);
  if (!until.ok) return until;
  return ok({
    ...{ id: asked.id, product: asked.product, environment: asked.environment },
    ...(asked.deployment !== undefined && { deployment: asked.deployment }),
    ...{ waives, reason, openedBy: asked.openedBy },
    openedAt: now.toISOString(),
    until: until.value,
    dueAt: formatInstant(now.getTime() + REVIEW_WITHIN_MS),
    ...{ uses: 0, plans: [], version: 1 },
  });
}

function untilOf(text: string, now: Date): Result<string, Refusal> {
  const until = parseInstant(text);
  if (until === undefined) return invalid('until', `accepted is ${ACCEPTED_INSTANT}`);
  const latest = now.getTime() + LONGEST_BREAK_GLASS_MS;
  if (until > now.getTime() && until <= latest) return ok(formatInstant(until));
  return invalid(
    'until',
    `until is ${formatInstant(until)}; accepted is an instant after now (${now.toISOString()}) and not after ${formatInstant(latest)}, 24 hours from now`,
  );
}

function invalid(field: string, detail: string): Result<never, Refusal> {
  return err(refusal('catalog/invalid_field', detail, { field }));
}
