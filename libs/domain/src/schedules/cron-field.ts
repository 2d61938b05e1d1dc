import { err, ok, type Result } from '@apollo-deploy/kernel';

/** One of the five places of a cron expression. */
export interface CronFieldRule {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  /** How many different values there are: one less than the numbers, where 7 is Sunday again. */
  readonly count: number;
  /** Names for the values from `minimum` on. */
  readonly names: readonly string[];
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

export const CRON_FIELDS = {
  minute: { name: 'minute', minimum: 0, maximum: 59, count: 60, names: [] },
  hour: { name: 'hour', minimum: 0, maximum: 23, count: 24, names: [] },
  dayOfMonth: { name: 'day-of-month', minimum: 1, maximum: 31, count: 31, names: [] },
  month: { name: 'month', minimum: 1, maximum: 12, count: 12, names: MONTHS },
  dayOfWeek: { name: 'day-of-week', minimum: 0, maximum: 7, count: 7, names: WEEKDAYS },
} as const satisfies Record<string, CronFieldRule>;

/** What one field allows. */
export interface CronField {
  /** Ascending, each once; a weekday of 7 is already 0. */
  readonly values: readonly number[];
  /** Written with a bare `*`: it restricts nothing. */
  readonly wildcard: boolean;
  /** Has a `/`. */
  readonly stepped: boolean;
}

/**
 * Reads a list of `*`, values, ranges `a-b` and steps over those (`*` or `a-b` followed by `/n`). The
 * refusal is a sentence without the expression it is part of.
 */
export function parseCronField(text: string, rule: CronFieldRule): Result<CronField, string> {
  const items = text.split(',');
  const values = new Set<number>();
  for (const item of items) {
    const read = readItem(item, rule);
    if (!read.ok) return read;
    for (const value of read.value) values.add(value % (rule.maximum === 7 ? 7 : 60));
  }
  return ok({
    values: [...values].sort((a, b) => a - b),
    wildcard: items.includes('*'),
    stepped: text.includes('/'),
  });
}

function readItem(item: string, rule: CronFieldRule): Result<readonly number[], string> {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0) return notReadable(item, rule);
  const [low, high, ...others] = range === '*' ? [rule.minimum, lastOf(rule)] : ends(range, rule);
  if (low === undefined || others.length > 0) return notReadable(item, rule);
  if (step === undefined) return between(low, high ?? low, { item, step: 1, rule });
  if (high === undefined) {
    return err(`${rule.name} "${item}": a step follows * or a range, such as */15 or 8-18/2`);
  }
  if (!/^\d{1,2}$/.test(step) || Number(step) < 1 || Number(step) > rule.count) {
    return err(`${rule.name} "${item}": a step is a whole number from 1 to ${rule.count}`);
  }
  return between(low, high, { item, step: Number(step), rule });
}

/** The numbers of `a` or `a-b`; a list that begins with undefined if it is neither. */
function ends(range: string, rule: CronFieldRule): readonly (number | undefined)[] {
  const words = range.split('-');
  const numbers = words.map((word) => valueOf(word, rule));
  if (words.length > 2 || numbers.includes(undefined)) return [undefined];
  const [low = 0, high] = numbers;
  // Friday to Sunday: Sunday ends a week as well as it begins one.
  if (high === 0 && low > 0 && rule.maximum === 7) return [low, 7];
  return numbers;
}

function valueOf(word: string, { names, minimum, maximum }: CronFieldRule): number | undefined {
  const named = names.indexOf(word.toUpperCase());
  if (named >= 0) return minimum + named;
  if (!/^\d{1,2}$/.test(word)) return undefined;
  const value = Number(word);
  return value >= minimum && value <= maximum ? value : undefined;
}

function between(
  low: number,
  high: number,
  { item, step, rule }: { item: string; step: number; rule: CronFieldRule },
): Result<readonly number[], string> {
  if (low > high) {
    return err(
      `${rule.name} "${item}" runs backwards; write it as a list of two ranges, each from low to high`,
    );
  }
  return ok(Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step));
}

function lastOf({ minimum, count }: CronFieldRule): number {
  return minimum + count - 1;
}

function notReadable(item: string, rule: CronFieldRule): Result<never, string> {
  const { name, minimum, maximum, names } = rule;
  const named = names.length === 0 ? '' : ` or ${names[0] ?? ''}-${names.at(-1) ?? ''}`;
  return err(
    `${name} "${item}" is not readable; accepted are *, ${minimum}-${maximum}${named}, lists (1,3), ranges (1-3) and steps (*/2)`,
  );
}
