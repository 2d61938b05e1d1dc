import { ok, type Result } from '@apollo-deploy/kernel';
import { MINUTE_MS } from './calendar-day.js';
import { type Cron, parseCron } from './cron.js';
import { type FieldRefusal, refuseField } from './field-refusal.js';
import { findTimeZone, type TimeZone } from './time-zone.js';

/** A window as it was sent or stored: JSON that nobody has looked at. */
export type WindowFields = Readonly<Record<string, unknown>>;

const DEFAULT_TIME_ZONE = 'UTC';
const MAX_DURATION_MINUTES = 31 * 24 * 60;
const MAX_NAME_LENGTH = 100;
const MAX_REASON_LENGTH = 500;

/** When a window begins and how long it stays, once its fields are checked. */
export interface RecurringFields {
  readonly cron: Cron;
  readonly zone: TimeZone;
  readonly timezone: string;
  readonly durationMs: number;
}

/** Reads `cron`, `timezone` (UTC if absent) and the duration. */
export function readRecurrence(fields: WindowFields): Result<RecurringFields, FieldRefusal> {
  const { cron: text, timezone = DEFAULT_TIME_ZONE } = fields;
  if (typeof text !== 'string') {
    return refuseField('cron', `cron is ${shown(text)}; accepted is text such as "0 2 * * SAT"`);
  }
  const cron = parseCron(text);
  if (!cron.ok) return refuseField('cron', `cron: ${cron.error}`);
  const zone = typeof timezone === 'string' ? findTimeZone(timezone) : undefined;
  if (typeof timezone !== 'string' || zone === undefined) {
    return refuseField(
      'timezone',
      `timezone is ${shown(timezone)}, which is not known; accepted are IANA names such as UTC or Europe/London`,
    );
  }
  const durationMs = readDuration(fields);
  if (!durationMs.ok) return durationMs;
  return ok({ cron: cron.value, zone, timezone, durationMs: durationMs.value });
}

/** Exactly one of `durationMinutes` and `durationHours`; 1 minute to 31 days, in whole minutes. */
function readDuration(fields: WindowFields): Result<number, FieldRefusal> {
  const { durationMinutes, durationHours } = fields;
  if (durationMinutes !== undefined && durationHours !== undefined) {
    return refuseField(
      'durationHours',
      'durationHours and durationMinutes exclude each other; give one',
    );
  }
  const field = durationHours === undefined ? 'durationMinutes' : 'durationHours';
  const value = durationHours ?? durationMinutes;
  const minutes = typeof value === 'number' ? value * (durationHours === undefined ? 1 : 60) : NaN;
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_DURATION_MINUTES) {
    return ok(minutes * MINUTE_MS);
  }
  return refuseField(
    field,
    `${field} is ${shown(value)}; accepted are durationMinutes from 1 to ${MAX_DURATION_MINUTES} (31 days) or durationHours with whole minutes in the same bounds`,
  );
}

/** The `name`, if there is one: text of 1 to 100 characters that is not blank. */
export function readName({ name }: WindowFields): Result<string | undefined, FieldRefusal> {
  if (name === undefined || isText(name, MAX_NAME_LENGTH)) return ok(name);
  return refuseField(
    'name',
    `name is ${shown(name)}; accepted is text of 1 to ${MAX_NAME_LENGTH} characters, or leave it out`,
  );
}

/** Why changes are suppressed: whoever is stopped by it reads this. */
export function readReason({ reason }: WindowFields): Result<string, FieldRefusal> {
  if (isText(reason, MAX_REASON_LENGTH)) return ok(reason);
  return refuseField(
    'reason',
    `reason is ${shown(reason)}; say in 1 to ${MAX_REASON_LENGTH} characters why changes are suppressed`,
  );
}

/** Refuses a field that means nothing here, so that a misspelt one is not passed over. */
export function refuseUnknown(
  fields: WindowFields,
  accepted: readonly string[],
): Result<undefined, FieldRefusal> {
  const unknown = Object.keys(fields).find((field) => !accepted.includes(field));
  if (unknown === undefined) return ok(undefined);
  const field = unknown.slice(0, MAX_NAME_LENGTH);
  return refuseField(field, `${field} is not a field here; accepted are ${accepted.join(', ')}`);
}

function isText(value: unknown, maximum: number): value is string {
  return typeof value === 'string' && value.length <= maximum && value.trim() !== '';
}

/** A value as part of a sentence, however large it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_NAME_LENGTH));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined) return 'missing';
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : 'an object';
}
