import { ok, type Result } from '@apollo-deploy/kernel';
import { forbidPolicy } from './clock-change-policy.js';
import { type FieldRefusal, refuseField } from './field-refusal.js';
import { ACCEPTED_INSTANT, formatInstant, parseInstant } from './instant.js';
import { RecurringSpans } from './recurring-spans.js';
import { type CountedSpans, oneSpan } from './span.js';
import {
  readName,
  readReason,
  readRecurrence,
  refuseUnknown,
  shown,
  type WindowFields,
} from './window-fields.js';

/** A suppression window, compiled. */
export interface SuppressionWindow {
  /** Of the constraint that it is stored as. */
  readonly id?: string;
  readonly name?: string;
  readonly reason: string;
  /** Stops rollbacks and repairs too. */
  readonly hard: boolean;
  /** When it is over for ever; absent if it recurs. RFC 3339. */
  readonly end?: string;
  readonly spans: CountedSpans;
}

const ONE_OFF_FIELDS = ['name', 'reason', 'hard', 'start', 'end'];
const RECURRING_FIELDS = [
  ...['name', 'reason', 'hard'],
  ...['cron', 'durationMinutes', 'durationHours', 'timezone'],
];

/**
 * Compiles `{start, end, reason, hard?}` or the recurring `{cron, durationMinutes | durationHours,
 * timezone = UTC, reason, hard?}`. When clocks change a recurring one grows: from the earliest reading
 * of its start to the end of the latest.
 */
export function parseSuppressionWindow(
  fields: WindowFields,
): Result<SuppressionWindow, FieldRefusal> {
  const isRecurring = fields['cron'] !== undefined;
  const known = refuseUnknown(fields, isRecurring ? RECURRING_FIELDS : ONE_OFF_FIELDS);
  if (!known.ok) return known;
  const name = readName(fields);
  if (!name.ok) return name;
  const reason = readReason(fields);
  if (!reason.ok) return reason;
  const { hard = false } = fields;
  if (typeof hard !== 'boolean') {
    return refuseField('hard', `hard is ${shown(hard)}; accepted are true and false`);
  }
  const read = isRecurring ? readRecurringSpans(fields) : readOneSpan(fields);
  if (!read.ok) return read;
  return ok({
    ...(name.value !== undefined && { name: name.value }),
    reason: reason.value,
    hard,
    ...read.value,
  });
}

type Lasting = Pick<SuppressionWindow, 'spans' | 'end'>;

function readRecurringSpans(fields: WindowFields): Result<Lasting, FieldRefusal> {
  const read = readRecurrence(fields);
  if (!read.ok) return read;
  const { cron, zone, durationMs } = read.value;
  return ok({ spans: new RecurringSpans({ cron, zone, policy: forbidPolicy }, durationMs) });
}

function readOneSpan(fields: WindowFields): Result<Lasting, FieldRefusal> {
  const start = readInstant(fields, 'start');
  if (!start.ok) return start;
  const end = readInstant(fields, 'end');
  if (!end.ok) return end;
  if (end.value <= start.value) {
    return refuseField('end', 'end is not after start; accepted is a later instant');
  }
  const spans = oneSpan({ start: start.value, end: end.value });
  return ok({ spans, end: formatInstant(end.value) });
}

function readInstant(fields: WindowFields, field: string): Result<number, FieldRefusal> {
  const value = fields[field];
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant !== undefined) return ok(instant);
  return refuseField(field, `${field} is ${shown(value)}; accepted is ${ACCEPTED_INSTANT}`);
}
