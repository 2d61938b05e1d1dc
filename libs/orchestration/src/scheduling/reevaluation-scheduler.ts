import type { Context } from '../context.js';
import type { OrchestrationEngine } from '../engine/orchestration-engine.js';
import type { Timer } from '../ports/timer.js';
import { AlarmLoop } from './alarm-loop.js';
import { Sweep } from './sweep.js';

const DEFAULT_INTERVAL_MS = 5 * 60_000;
/** A replica that does not hold the lease asks again this often, in milliseconds. */
const ASK_AGAIN_MS = 30_000;

export interface ReevaluationOptions {
  readonly engine: Pick<OrchestrationEngine, 'markDue'>;
  readonly context: Context;
  readonly timer: Timer;
  /** How often to sweep, in milliseconds; 5 minutes if absent. */
  readonly intervalMs?: number;
  /** Told of a turn that failed and when it is tried again. */
  readonly onFailure: (error: unknown, retryInMs: number) => void;
}

/**
 * Has entities evaluated again that time alone concerns: blocked plans at the very instant that may
 * let them go, and every interval what no event tells of. It only marks; whoever drains the queue
 * evaluates. Every replica runs one; one of them sweeps.
 */
export class ReevaluationScheduler {
  private readonly loop: AlarmLoop;
  private readonly sweep: Sweep;
  private readonly intervalMs: number;
  private sweepAt = -Infinity;
  private askedAt = -Infinity;

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
    this.loop.start();
  }

  /** Looks again now: plans were evaluated and may wait for an earlier instant than any before. */
  wake(): void {
    this.loop.wake();
  }

  /** Resolves when the turn that is running has ended. Another replica sweeps from then on. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await this.sweep.giveUp();
  }

  private async turn(): Promise<Date> {
    const nextDue = await this.options.engine.markDue();
    await this.sweepIfDue();
    return new Date(Math.min(this.sweepAt, nextDue?.getTime() ?? Infinity));
  }

  private async sweepIfDue(): Promise<void> {
    const now = this.options.context.clock.now().getTime();
    // A clock that was turned back must not put the next sweep off.
    const turnedBack = now < this.askedAt;
    if (now < this.sweepAt && !turnedBack) return;
    const swept = await this.sweep.run();
    this.askedAt = now;
    this.sweepAt = now + (swept === undefined ? this.askAgainMs : this.intervalMs);
  }

  private get askAgainMs(): number {
    return Math.min(ASK_AGAIN_MS, this.intervalMs);
  }
}
