import { ok, type Result } from '@apollo-deploy/kernel';
import { followsRule, NAME_RULES } from '../catalog/names.js';
import { type FieldRefusal, refuseField } from '../schedules/field-refusal.js';
import { MINUTE_MS } from '../schedules/calendar-day.js';
import { ACCEPTED_INSTANT, formatInstant, parseInstant } from '../schedules/instant.js';
import { shown } from '../schedules/window-fields.js';

/** A rule, a gate or a delegation as it was sent or stored: JSON that nobody has looked at. */
export type ApprovalFields = Readonly<Record<string, unknown>>;
/** A field read, or why it is not acceptable. */
export type Read<T> = Result<T, FieldRefusal>;

export const HOUR_MS = 60 * MINUTE_MS;
const MAX_HOURS = 366 * 24;
const MAX_LIST = 200;
/** Names of people are those of their identity provider, mail addresses for instance. */
const MAX_PERSON_LENGTH = 256;

/** What was read, without the fields that were left out. */
type Gathered<T extends Readonly<Record<string, Read<unknown>>>> = {
  readonly [K in keyof T]?: Exclude<Extract<T[K], { readonly ok: true }>['value'], undefined>;
};

/** All fields together; the first that is not acceptable ends it. */
export function gather<T extends Readonly<Record<string, Read<unknown>>>>(
  reads: T,
): Read<Gathered<T>> {
  const known: [string, unknown][] = [];
  for (const [field, read] of Object.entries(reads)) {
    if (!read.ok) return read;
    if (read.value !== undefined) known.push([field, read.value]);
  }
  return ok(Object.fromEntries(known) as Gathered<T>);
}

export function readChoice<T extends string>(
  fields: ApprovalFields,
  field: string,
  choices: readonly T[],
): Read<T | undefined> {
  const value = fields[field];
  if (value === undefined) return ok(undefined);
  const choice = choices.find((each) => each === value);
  if (choice !== undefined) return ok(choice);
  return refuseField(
    field,
    `${field} is ${shown(value)}; accepted are ${choices.join(', ')}, or leave it out for any`,
  );
}

/** Choices without repetition, one at least: a list of none would be about no plan at all. */
export function readChoices<T extends string>(
  fields: ApprovalFields,
  field: string,
  choices: readonly T[],
): Read<readonly T[] | undefined> {
  const value = fields[field];
  if (value === undefined) return ok(undefined);
  const chosen = Array.isArray(value) ? choices.filter((each) => value.includes(each)) : [];
  if (Array.isArray(value) && chosen.length > 0 && chosen.length === value.length) {
    return ok(chosen);
  }
  return refuseField(
    field,
    `${field} is ${shownList(value)}; accepted is a list of different ones of ${choices.join(', ')}, or leave it out for any`,
  );
}

export function readWhole(
  fields: ApprovalFields,
  field: string,
  maximum: number,
): Read<number | undefined> {
  const value = fields[field];
  if (value === undefined) return ok(undefined);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maximum) {
    return ok(value);
  }
  return refuseField(
    field,
    `${field} is ${shown(value)}; accepted is a whole number from 1 to ${maximum}`,
  );
}

/** A time in hours, in whole minutes: 1 minute to 366 days. */
export function readHours(fields: ApprovalFields, field: string): Read<number | undefined> {
  const value = fields[field];
  if (value === undefined) return ok(undefined);
  if (typeof value === 'number' && value > 0 && value <= MAX_HOURS && isWholeMinutes(value)) {
    return ok(value);
  }
  return refuseField(
    field,
    `${field} is ${shown(value)}; accepted is a number of hours such as 24 or 0.5, in whole minutes, at most ${MAX_HOURS} (366 days)`,
  );
}

export function readFlag(fields: ApprovalFields, field: string): Read<boolean | undefined> {
  const value = fields[field];
  if (value === undefined || typeof value === 'boolean') return ok(value);
  return refuseField(field, `${field} is ${shown(value)}; accepted are true and false`);
}

/** RFC 3339, turned into UTC. */
export function readInstant(fields: ApprovalFields, field: string): Read<string | undefined> {
  const value = fields[field];
  if (value === undefined) return ok(undefined);
  const at = typeof value === 'string' ? parseInstant(value) : undefined;
  if (at !== undefined) return ok(formatInstant(at));
  return refuseField(field, `${field} is ${shown(value)}; accepted is ${ACCEPTED_INSTANT}`);
}

/** The name of something that Apollo knows: an environment, a product, a rule. */
export function readNameOf(fields: ApprovalFields, field: string): Read<string | undefined> {
  const value = fields[field];
  if (value === undefined || isName(value)) return ok(value);
  return refuseField(
    field,
    `${field} is ${shown(value)}; accepted are ${NAME_RULES.name.accepted}`,
  );
}

/** Names such as those of roles or products, `least` of them or more; the same may be there twice. */
export function readNames(
  fields: ApprovalFields,
  field: string,
  { least, most = MAX_LIST }: { readonly least: number; readonly most?: number },
): Read<readonly string[] | undefined> {
  const value = fields[field];
  if (value === undefined) return ok(undefined);
  if (isNames(value) && value.length >= least && value.length <= most) return ok(value);
  return refuseField(
    field,
    `${field} is ${shownList(value)}; accepted is a list of ${least} to ${most} names of ${NAME_RULES.name.accepted}`,
  );
}

export function readPerson(fields: ApprovalFields, field: string): Read<string> {
  const value = fields[field];
  if (isPerson(value)) return ok(value);
  return refuseField(
    field,
    `${field} is ${shown(value)}; accepted is the name of a person, 1 to ${MAX_PERSON_LENGTH} characters`,
  );
}

function isPerson(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_PERSON_LENGTH && value.trim() !== '';
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && followsRule(value, NAME_RULES.name);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isName);
}

function isWholeMinutes(hours: number): boolean {
  return (hours * HOUR_MS) % MINUTE_MS === 0;
}

/** A list by what it holds, so that the one at fault is seen. */
function shownList(value: unknown): string {
  if (!Array.isArray(value)) return shown(value);
  return value.length === 0 ? 'an empty list' : value.slice(0, 5).map(shown).join(', ');
}
