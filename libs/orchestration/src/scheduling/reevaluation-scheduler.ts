import type { Context } from '../context.js';
import type { OrchestrationEngine } from '../engine/orchestration-engine.js';
import type { Timer } from '../ports/timer.js';
import { AlarmLoop } from './alarm-loop.js';
import { Sweep } from './sweep.js';

const DEFAULT_INTERVAL_MS = 5 * 60_000;
/** What the store last said of the next instant is believed for so long while nothing is committed. */
const BELIEVED_MS = 60_000;
/** A replica that does not hold the lease asks again this often, in milliseconds. */
const ASK_AGAIN_MS = 30_000;
/** A clock that is corrected by less, in milliseconds, is not taken for one that was turned back. */
const CORRECTION_MS = 1000;
/** How long after a spoke fell silent that is noticed at the latest, in milliseconds. */
const WATCH_EVERY_MS = 10_000;

export interface ReevaluationOptions {
  readonly engine: Pick<OrchestrationEngine, 'markDue' | 'markTimed'>;
  readonly context: Context;
  readonly timer: Timer;
  /** How often to sweep, in milliseconds; 5 minutes if absent. */
  readonly intervalMs?: number;
  /** Told of a turn that failed and when it is tried again. */
  readonly onFailure: (error: unknown, retryInMs: number) => void;
}

/**
 * Has entities evaluated again that time alone concerns: blocked plans at the very instant that may
 * let them go, plans around spokes that fell silent within ten seconds of that, and every interval
 * what no event tells of. It only marks; whoever drains the queue evaluates. When the clock is turned
 * back, everything that waits for an instant is marked. Every replica runs one; one of them sweeps and
 * watches. What is due is asked for when something was committed, when the instant has come that the
 * store named, and each minute, for what a replica put off that was killed since.
 */
export class ReevaluationScheduler {
  private readonly loop: AlarmLoop;
  private readonly sweep: Sweep;
  private readonly intervalMs: number;
  /** Something was committed, or others are not heard, so that an earlier instant may be due. */
  private stirred = true;
  private nextDueAt = -Infinity;
  private askedDueAt = -Infinity;
  private unsubscribe: () => void = () => undefined;
  private sweepAt = -Infinity;
  private askedAt = -Infinity;
  private seenAt = -Infinity;
  private watchAt = -Infinity;

  constructor(private readonly options: ReevaluationOptions) {
    const { context, timer, onFailure, intervalMs = DEFAULT_INTERVAL_MS } = options;
    this.intervalMs = intervalMs;
    // Longer than the interval, so that a holder which sweeps in time keeps the lease.
    this.sweep = new Sweep(context, 1.5 * intervalMs);
    this.loop = new AlarmLoop({
      work: () => this.turn(),
      clock: context.clock,
      timer,
      onFailure,
    });
  }

  start(): void {
    this.unsubscribe = this.options.context.store.onCommit(() => {
      this.stirred = true;
    });
    this.loop.start();
  }

  /** Looks again now: plans were evaluated and may wait for an earlier instant than any before. */
  wake(): void {
    this.stirred = true;
    this.loop.wake();
  }

  /** Resolves when the turn that is running has ended. Another replica sweeps from then on. */
  async stop(): Promise<void> {
    this.unsubscribe();
    await this.loop.stop();
    await this.sweep.giveUp();
  }

  private async turn(): Promise<Date> {
    await this.markIfTurnedBack();
    await this.markIfDue();
    await this.sweepIfDue();
    await this.watchIfDue();
    return new Date(Math.min(this.sweepAt, this.nextDueAt, this.watchAt));
  }

  private async markIfTurnedBack(): Promise<void> {
    const { engine, context } = this.options;
    const now = context.clock.now().getTime();
    if (now < this.seenAt - CORRECTION_MS) await engine.markTimed();
    this.seenAt = now;
  }

  private async markIfDue(): Promise<void> {
    const { engine, context } = this.options;
    const now = context.clock.now().getTime();
    const since = now - this.askedDueAt;
    const holds = now < this.nextDueAt && since >= 0 && since < BELIEVED_MS;
    if (holds && !this.stirred && context.store.hearsOthers()) return;
    this.stirred = false;
    // Until it is known, it is asked for by each turn.
    this.nextDueAt = -Infinity;
    const nextDue = await engine.markDue();
    this.nextDueAt = nextDue?.getTime() ?? Infinity;
    this.askedDueAt = now;
  }

  private async sweepIfDue(): Promise<void> {
    const now = this.options.context.clock.now().getTime();
    // A clock that was turned back must not put the next sweep off.
    const turnedBack = now < this.askedAt;
    if (now < this.sweepAt && !turnedBack) return;
    const swept = await this.sweep.run();
    this.askedAt = now;
    this.watchAt = now + WATCH_EVERY_MS;
    this.sweepAt = now + (swept === undefined ? this.askAgainMs : this.intervalMs);
  }

  private async watchIfDue(): Promise<void> {
    const now = this.options.context.clock.now().getTime();
    if (now < this.watchAt) return;
    await this.sweep.watch();
    this.watchAt = now + WATCH_EVERY_MS;
  }

  private get askAgainMs(): number {
    return Math.min(ASK_AGAIN_MS, this.intervalMs);
  }
}
