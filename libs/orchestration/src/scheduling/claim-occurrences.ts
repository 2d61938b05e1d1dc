import {
  type MaintenanceWindow,
  occurrences,
  openingAt,
  readStored,
  type StoredConstraint,
} from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import { environmentsIn } from '../constraints/lock-scope.js';
import type { Context } from '../context.js';
import type { OccurrenceRecord } from '../ports/occurrences.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const KIND = 'maintenance_window';
const DAY_MS = 86_400_000;
/** How far back missed occurrences are counted, and as far as windows are worked out at all. */
const HORIZON_MS = 400 * DAY_MS;
/** How far ahead the next start is looked for; a schedule without one is asked again after it. */
const AHEAD_MS = [DAY_MS, 31 * DAY_MS] as const;

/** A schedule, compiled, with what was worked out of it. */
interface Known {
  readonly stored: StoredConstraint;
  readonly window: MaintenanceWindow;
  readonly lookedAt: number;
  /** The next start; nothing can be claimed before. */
  readonly nextAt: number;
}

/** What one look at the schedules found. */
export interface ClaimedOccurrences {
  /** Those whose opening this call was the first to act on. */
  readonly claimed: readonly OccurrenceRecord[];
  /** When the next one begins; absent if none does within a month. */
  readonly next?: Date;
}

/**
 * Acts on each opening of each recurring window once for ever, over replicas, restarts and clocks
 * that are turned back. After a pause only an opening that still lasts is acted on; how many went by
 * before it is written down with it.
 */
export class OccurrenceClaims {
  private known = new Map<string, Known>();

  constructor(private readonly context: Context) {}

  /** Claims what is open now. One transaction, with one statement while nothing begins. */
  async claimDue(): Promise<ClaimedOccurrences> {
    const now = this.context.clock.now();
    const { claimed, known } = await this.context.store.transact((unit) => this.look(unit, now));
    this.known = known;
    const next = Math.min(...[...known.values()].map(({ nextAt }) => nextAt));
    return { claimed, ...(next !== Infinity && { next: new Date(next) }) };
  }

  private async look(
    unit: UnitOfWork,
    now: Date,
  ): Promise<{ claimed: readonly OccurrenceRecord[]; known: Map<string, Known> }> {
    const schedules = (await unit.constraints.all()).filter(({ kind }) => kind === KIND);
    const known = new Map(
      schedules.flatMap((stored) => {
        const one = this.knownOf(stored);
        return one === undefined ? [] : [[stored.id, one]];
      }),
    );
    const begun = [...known.values()].filter(
      ({ lookedAt, nextAt }) => now.getTime() >= nextAt || now.getTime() < lookedAt,
    );
    if (begun.length === 0) return { claimed: [], known };
    const ids = begun.map(({ stored }) => stored.id);
    const newest = await unit.occurrences.newest(ids, now.toISOString());
    const claimed: OccurrenceRecord[] = [];
    for (const { stored, window } of begun) {
      const current = currentOf(stored, window, newest.get(stored.id), now);
      if (current !== undefined && (await this.claim(unit, stored, current))) claimed.push(current);
      known.set(stored.id, {
        stored,
        window,
        lookedAt: now.getTime(),
        nextAt: nextStart(window, now),
      });
    }
    return { claimed, known };
  }

  /** `undefined` for one that cannot be read: it holds the plans in its scope, and opens nothing. */
  private knownOf(stored: StoredConstraint): Known | undefined {
    const before = this.known.get(stored.id);
    if (before?.stored.version === stored.version) return before;
    const { spec } = readStored(stored);
    if (!('window' in spec)) return undefined;
    return { stored, window: spec.window, lookedAt: -Infinity, nextAt: -Infinity };
  }

  private async claim(
    unit: UnitOfWork,
    { id, name, scope }: StoredConstraint,
    occurrence: OccurrenceRecord,
  ): Promise<boolean> {
    if (!(await unit.occurrences.claim(occurrence))) return false;
    const { startsAt, endsAt, missed, claimedAt } = occurrence;
    const environments = await environmentsIn(unit, scope);
    await record(this.context, unit, ENGINE, {
      action: 'schedule.open',
      subject: `constraint/${id}`,
      detail: { name, startsAt, endsAt, missed },
    });
    await unit.events.append(
      environments.map((environment) => ({
        at: claimedAt,
        type: 'schedule.opened',
        subject: { kind: 'schedule', name, environment },
        data: { startsAt, endsAt, missed },
      })),
    );
    const waiting = await unit.plans.blockedBy(KIND, environments);
    if (waiting.length > 0) await unit.dirty.mark(waiting);
    return true;
  }
}

/** The last occurrence that has begun since the newest claimed one, if its opening still lasts. */
function currentOf(
  { id, createdAt }: StoredConstraint,
  window: MaintenanceWindow,
  newestClaimed: string | undefined,
  now: Date,
): OccurrenceRecord | undefined {
  // A schedule claims nothing that began before it was made.
  const since = newestClaimed === undefined ? Date.parse(createdAt) : Date.parse(newestClaimed) + 1;
  const from = Math.max(since, now.getTime() - HORIZON_MS + 1);
  if (from > now.getTime()) return undefined;
  const starts = occurrences(window, new Date(from), new Date(now.getTime() + 1));
  const last = starts.at(-1);
  const endsAt = openingAt(window, now)?.end;
  if (last === undefined || endsAt === undefined) return undefined;
  return {
    schedule: id,
    startsAt: last.toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    missed: starts.length - 1,
    claimedAt: now.toISOString(),
  };
}

function nextStart(window: MaintenanceWindow, now: Date): number {
  const from = new Date(now.getTime() + 1);
  for (const aheadMs of AHEAD_MS) {
    const [next] = occurrences(window, from, new Date(from.getTime() + aheadMs));
    if (next !== undefined) return next.getTime();
  }
  return now.getTime() + AHEAD_MS[1];
}
