import { DAY_MS } from '../schedules/calendar-day.js';
import type { DayRange } from './day-range.js';
import type { DoraRow } from './dora-row.js';
import {
  DORA_EXCLUSIONS,
  type DoraExclusion,
  type DoraFailure,
  type DoraUnit,
  doraUnits,
} from './dora-units.js';

/** Changes whenever the same deployments would give other figures. */
export const DORA_RULES = 'dora/1';

/** So many days after the end of a range it is followed what becomes of its deployments. */
const DORA_FOLLOWED_DAYS = 30;

/** A time that counts, with where it begins and ends (RFC 3339). */
export interface DoraInterval {
  readonly deployment: string;
  readonly from: string;
  readonly to: string;
  /** What it begins with. */
  readonly begins: 'release_registered' | DoraFailure['begins']['by'];
}

/** Of times; each of the two is the time of one of them: so many are no longer. */
export interface DoraDurations {
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
  /** The newest deployment first. */
  readonly intervals: readonly DoraInterval[];
}

/** A part of all; `null`: there are none. */
export interface DoraShare {
  readonly rate: number | null;
  readonly of: number;
  /** The deployments that make it up, the newest first. */
  readonly ids: readonly string[];
}

/** The five of one service in one environment. */
export interface DoraFigures {
  readonly service: string;
  readonly environment: string;
  readonly leadTime: DoraDurations & {
    /** Completed deployments of a release of which nobody knows when it was registered. */
    readonly unknown: number;
  };
  readonly frequency: {
    readonly perDay: number | null;
    /** All that count, the newest first. */
    readonly ids: readonly string[];
  };
  readonly failRate: DoraShare & {
    /** Until then (RFC 3339) more may turn out to have failed; absent: it stays as it is. */
    readonly provisionalUntil?: string;
  };
  readonly recovery: DoraDurations & {
    /** Failed, and not seen healthy since; the newest first. */
    readonly open: readonly string[];
  };
  readonly rework: DoraShare;
  /** How many do not count, by why; without those of which there are none. */
  readonly excluded: Readonly<Partial<Record<DoraExclusion, number>>>;
}

/** Up to when (milliseconds since 1970) it is known what became of the deployments of a range. */
export function doraAsOf({ to }: DayRange, now: Date): number {
  return Math.min(now.getTime(), Date.parse(to) + DORA_FOLLOWED_DAYS * DAY_MS);
}

/**
 * DORA's five figures of the deployments that were asked for on these days, each service in each
 * environment by itself, in their order.
 *
 * @param rows of environments of tier production, from the first of these days up to `doraAsOf`.
 */
export function doraFigures(
  rows: readonly DoraRow[],
  days: DayRange,
  now: Date,
): readonly DoraFigures[] {
  const places = new Map<string, DoraRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.service, row.environment]);
    const place = places.get(key);
    if (place === undefined) places.set(key, [row]);
    else place.push(row);
  }
  return [...places.values()]
    .flatMap((place) => figuresOf(place, days, now) ?? [])
    .sort((one, other) => byName(one, other));
}

function figuresOf(rows: readonly DoraRow[], days: DayRange, now: Date): DoraFigures | undefined {
  const asOf = doraAsOf(days, now);
  const isIn = ({ askedAt }: DoraRow): boolean => {
    const at = Date.parse(askedAt);
    return at >= Date.parse(days.from) && at < Date.parse(days.to);
  };
  const [first] = rows.filter(isIn);
  if (first === undefined) return undefined;
  const place = doraUnits(rows, asOf);
  const units = place.units.filter(({ row }) => isIn(row)).sort(newestFirst);
  const begun = Math.min(now.getTime(), Date.parse(days.to)) - Date.parse(days.from);
  const { service, environment } = first;
  return {
    ...{ service, environment },
    leadTime: leadTimeOf(units),
    frequency: {
      perDay: units.length === 0 ? null : units.length / Math.ceil(begun / DAY_MS),
      ids: units.map(idOf),
    },
    failRate: failRateOf(units, asOf),
    recovery: recoveryOf(units),
    rework: shareOf(units, ({ row }) => row.kind === 'hotfix'),
    excluded: countOf(rows.filter(isIn).flatMap(({ id }) => place.excluded.get(id) ?? [])),
  };
}

/** Of a version that was brought several times, the first time counts: it was in production then. */
function leadTimeOf(units: readonly DoraUnit[]): DoraFigures['leadTime'] {
  const firsts = new Map<string, DoraUnit>();
  for (const unit of units.filter(bringsRelease)) firsts.set(unit.row.toVersion, unit);
  const intervals = [...firsts.values()].flatMap(({ row }): DoraInterval[] =>
    row.registeredAt === undefined
      ? []
      : [
          {
            ...{ deployment: row.id, from: row.registeredAt, to: row.endedAt },
            begins: 'release_registered',
          },
        ],
  );
  return { ...durationsOf(intervals), unknown: firsts.size - intervals.length };
}

function bringsRelease({ row }: DoraUnit): boolean {
  return row.status === 'completed' && !row.sameVersion;
}

function failRateOf(units: readonly DoraUnit[], asOf: number): DoraFigures['failRate'] {
  const open = units.filter(({ failure, settlesAt }) => failure === undefined && settlesAt > asOf);
  const until = Math.max(...open.map(({ settlesAt }) => settlesAt));
  return {
    ...shareOf(units, ({ failure }) => failure !== undefined),
    ...(open.length > 0 && { provisionalUntil: new Date(until).toISOString() }),
  };
}

function recoveryOf(units: readonly DoraUnit[]): DoraFigures['recovery'] {
  const intervals: DoraInterval[] = [];
  const open: string[] = [];
  for (const { row, failure } of units) {
    if (failure === undefined) continue;
    const { begins, recoveredAt } = failure;
    if (recoveredAt === undefined) open.push(row.id);
    else
      intervals.push({
        ...{ deployment: row.id, from: begins.at, to: recoveredAt, begins: begins.by },
      });
  }
  return { ...durationsOf(intervals), open };
}

function shareOf(units: readonly DoraUnit[], is: (unit: DoraUnit) => boolean): DoraShare {
  const ids = units.filter(is).map(idOf);
  return { rate: units.length === 0 ? null : ids.length / units.length, of: units.length, ids };
}

function durationsOf(intervals: readonly DoraInterval[]): DoraDurations {
  const sorted = intervals
    .map(({ from, to }) => Math.max(0, Date.parse(to) - Date.parse(from)))
    .sort((one, other) => one - other);
  const quantile = (part: number): number | null =>
    sorted[Math.ceil(part * sorted.length) - 1] ?? null;
  return { medianMs: quantile(0.5), p90Ms: quantile(0.9), intervals };
}

function countOf(reasons: readonly DoraExclusion[]): DoraFigures['excluded'] {
  const counts = DORA_EXCLUSIONS.map(
    (reason) => [reason, reasons.filter((one) => one === reason).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function idOf({ row }: DoraUnit): string {
  return row.id;
}

function newestFirst({ row: one }: DoraUnit, { row: other }: DoraUnit): number {
  return Date.parse(other.askedAt) - Date.parse(one.askedAt) || (one.id < other.id ? 1 : -1);
}

function byName(one: DoraFigures, other: DoraFigures): number {
  if (one.service !== other.service) return one.service < other.service ? -1 : 1;
  return one.environment < other.environment ? -1 : 1;
}
