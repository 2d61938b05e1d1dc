import { err, ok, type Result } from '@apollo-deploy/kernel';
import { type CalendarDay, DAY_MS } from './calendar-day.js';
import { CRON_FIELDS, type CronField, parseCronField } from './cron-field.js';

/** A cron expression of five fields, read once. It knows wall clocks and calendars, but no zones. */
export interface Cron {
  readonly text: string;
  /** The minutes of a day, counted from midnight, at which it starts; ascending. */
  readonly minutesOfDay: readonly number[];
  /**
   * The hour field has a wildcard or a step: it means "again and again", so every real instant counts
   * whose wall clock matches. Otherwise it names hours of the day, and each happens once a day.
   */
  readonly everyHour: boolean;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  readonly dayOfWeek: CronField;
}

const MAX_CRON_LENGTH = 256;
const EXAMPLE = 'for example "0 2 * * SAT" (Saturdays at 02:00)';
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads minute, hour, day-of-month, month and day-of-week, nothing else: no seconds, no `@daily`, none
 * of `?`, `L`, `W`, `#`. At most 256 characters. Where both day fields are restricted, a day that meets
 * either counts. Dates that no year has are refused. The refusal is a sentence that names the field.
 */
export function parseCron(text: string): Result<Cron, string> {
  if (text.length > MAX_CRON_LENGTH) {
    return err(
      `the expression has ${text.length} characters; at most ${MAX_CRON_LENGTH} are accepted`,
    );
  }
  const words = text.trim().split(/[ \t]+/);
  const [minutes, hours, daysOfMonth, months, daysOfWeek, ...more] = words;
  if (daysOfWeek === undefined || more.length > 0) {
    return err(
      `"${text}" does not have five fields; accepted are minute, hour, day-of-month, month and day-of-week, ${EXAMPLE}`,
    );
  }
  const times = readTimes(minutes, hours);
  if (!times.ok) return times;
  const days = readDays(daysOfMonth, months, daysOfWeek);
  if (!days.ok) return days;
  return ok({ text: words.join(' '), ...times.value, ...days.value });
}

type Times = Pick<Cron, 'minutesOfDay' | 'everyHour'>;

function readTimes(minutes = '', hours = ''): Result<Times, string> {
  const minute = parseCronField(minutes, CRON_FIELDS.minute);
  if (!minute.ok) return minute;
  const hour = parseCronField(hours, CRON_FIELDS.hour);
  if (!hour.ok) return hour;
  const { values, wildcard, stepped } = hour.value;
  return ok({
    minutesOfDay: values.flatMap((h) => minute.value.values.map((m) => h * 60 + m)),
    everyHour: wildcard || stepped,
  });
}

type Days = Pick<Cron, 'dayOfMonth' | 'month' | 'dayOfWeek'>;

function readDays(daysOfMonth = '', months = '', daysOfWeek = ''): Result<Days, string> {
  const dayOfMonth = parseCronField(daysOfMonth, CRON_FIELDS.dayOfMonth);
  if (!dayOfMonth.ok) return dayOfMonth;
  const month = parseCronField(months, CRON_FIELDS.month);
  if (!month.ok) return month;
  const dayOfWeek = parseCronField(daysOfWeek, CRON_FIELDS.dayOfWeek);
  if (!dayOfWeek.ok) return dayOfWeek;
  const days = { dayOfMonth: dayOfMonth.value, month: month.value, dayOfWeek: dayOfWeek.value };
  if (happens(days)) return ok(days);
  return err(
    `day-of-month ${daysOfMonth} never comes in month ${months}; choose a day that the month has`,
  );
}

/** Whether the expression names this day. */
export function fallsOn({ dayOfMonth, month, dayOfWeek }: Days, day: CalendarDay): boolean {
  const date = new Date(day * DAY_MS);
  if (!month.values.includes(date.getUTCMonth() + 1)) return false;
  const inMonth = dayOfMonth.values.includes(date.getUTCDate());
  const inWeek = dayOfWeek.values.includes(date.getUTCDay());
  return dayOfMonth.wildcard || dayOfWeek.wildcard ? inMonth && inWeek : inMonth || inWeek;
}

/** Whether any year has a day that the expression names. */
function happens({ dayOfMonth, month, dayOfWeek }: Days): boolean {
  if (!dayOfWeek.wildcard && !dayOfMonth.wildcard) return true;
  const first = dayOfMonth.values[0] ?? Infinity;
  return month.values.some((value) => first <= (LONGEST_MONTHS[value - 1] ?? 0));
}
