import { tellOverdue } from '../break-glass/tell-overdue.js';
import type { Context } from '../context.js';
import type { Lease } from '../ports/leases.js';
import type { InstantRange } from '../ports/fleet-repositories.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { PRESENCE_LIMITS } from '../spokes/presence.js';
import { markOpenWork } from '../spokes/mark-open-work.js';
import { LeaseLost, transactUnder } from './under-lease.js';

/** The lease under which one replica at a time sweeps. */
const LEASE = 'reevaluation';
/** How many entities one transaction marks. */
const MARKS = 200;
/** Around how many spokes one transaction marks, so that an outage of a site is not one long work. */
const SPOKES = 50;

export interface SweepSummary {
  /** Spokes that fell silent since it was last looked; plans around them are looked at again. */
  readonly silent: readonly string[];
  /** How many entities were marked because they were never evaluated. */
  readonly unevaluated: number;
}

/**
 * Marks what no event tells of: plans around spokes that fell silent, and entities that were never
 * evaluated, as after a restore; and tells of break-glasses that nobody has reviewed in time. One replica
 * of several does it, under a lease; the others take over when the lease runs out. What is marked is
 * proportional to what changed, not to what exists.
 */
export class Sweep {
  /** Distinguishes this process from all others, and from itself before a restart. */
  private readonly holder: string;
  private lease: Lease | undefined;
  /** When it was last looked who fell silent. */
  private lookedAt: Date | undefined;

  /** `ttlMs`: how long others wait for this replica to sweep again before they do. */
  constructor(
    private readonly context: Context,
    private readonly ttlMs: number,
  ) {
    this.holder = context.ids.next();
  }

  /** Sweeps once; `undefined` if another replica does. Throws `LeaseLost` if it paused for too long. */
  async run(): Promise<SweepSummary | undefined> {
    const { store, clock } = this.context;
    const now = clock.now();
    const { holder, ttlMs } = this;
    this.lease = await store.transact((unit) =>
      unit.leases.acquire({ name: LEASE, holder, ttlMs, now: now.toISOString() }),
    );
    if (this.lease === undefined) return undefined;
    const lease = this.lease;
    const silent = await this.look(lease, now);
    let unevaluated = 0;
    for (;;) {
      const marked = await transactUnder(store, lease, markUnevaluated);
      unevaluated += marked;
      if (marked < MARKS) break;
    }
    return { silent, unevaluated };
  }

  /**
   * Looks in between who fell silent, and what is overdue. Nobody, if another replica sweeps, or does by
   * now: it sees them.
   */
  async watch(): Promise<readonly string[]> {
    if (this.lease === undefined) return [];
    try {
      return await this.look(this.lease, this.context.clock.now());
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      this.lease = undefined;
      return [];
    }
  }

  /** Lets another replica sweep at once. */
  async giveUp(): Promise<void> {
    const { lease } = this;
    if (lease === undefined) return;
    this.lease = undefined;
    await this.context.store.transact((unit) => unit.leases.release(lease));
  }

  private async look(lease: Lease, now: Date): Promise<readonly string[]> {
    const { store } = this.context;
    const falling = this.fallingSilent(now);
    const silent = await transactUnder(store, lease, async (unit) => {
      await tellOverdue(this.context, unit);
      return unit.spokes.lastHeardIn(falling);
    });
    for (let from = 0; from < silent.length; from += SPOKES) {
      const some = silent.slice(from, from + SPOKES);
      await transactUnder(store, lease, (unit) => markOpenWork(unit, ...some));
    }
    this.lookedAt = now;
    return silent;
  }

  /**
   * When spokes were last heard whose presence got worse since it was last looked. Everybody's, if there
   * was none: also after the grace in which this replica takes nobody for gone.
   */
  private fallingSilent(now: Date): readonly InstantRange[] {
    const { staleAfterMs, disconnectedAfterMs, lostAfterMs, graceMs } = PRESENCE_LIMITS;
    const before = (ms: number, instant = now): string =>
      new Date(instant.getTime() - ms).toISOString();
    const { lookedAt } = this;
    const graceEnd = this.context.startedAt.getTime() + graceMs;
    const inGrace = lookedAt !== undefined && lookedAt.getTime() < graceEnd;
    if (lookedAt === undefined || lookedAt > now || inGrace)
      return [{ until: before(staleAfterMs) }];
    return [staleAfterMs, disconnectedAfterMs, lostAfterMs].map((limitMs) => ({
      after: before(limitMs, lookedAt),
      until: before(limitMs),
    }));
  }
}

async function markUnevaluated(unit: UnitOfWork): Promise<number> {
  const missing = await unit.evaluations.missing(MARKS);
  if (missing.length > 0) await unit.dirty.mark(missing);
  return missing.length;
}
