import type { Context, UnitOfWork } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from './background-loop.js';
import type { EventLog } from './event-log.js';
import type { Timer } from './timer.js';

const HOUR_MS = 3_600_000;

export interface HourlyForgettingOptions {
  readonly context: Context;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

/** What is forgotten, and after how many hours. */
interface Forgotten {
  /** In the plural, for the log. */
  readonly name: string;
  readonly keptHours: number;
  /** Takes out what is older than this instant (RFC 3339). */
  readonly forgetBefore: (unit: UnitOfWork, instant: string) => Promise<void>;
}

/** Forgets what is older than it has to be kept, at the start and about every hour. */
export class HourlyForgetting {
  private readonly loop: BackgroundLoop;

  constructor(
    { name, keptHours, forgetBefore }: Forgotten,
    { context, timer, random, log }: HourlyForgettingOptions,
  ) {
    this.loop = new BackgroundLoop({
      name: `forgetting old ${name}`,
      everyMs: () => HOUR_MS,
      work: () => {
        const oldest = context.clock.now().getTime() - keptHours * HOUR_MS;
        const before = new Date(oldest).toISOString();
        return context.store.transact((unit) => forgetBefore(unit, before));
      },
      timer,
      random,
      log,
    });
  }

  start(): void {
    this.loop.start();
  }

  /** Resolves when the turn that is running has ended. */
  stop(): Promise<void> {
    return this.loop.stop();
  }
}
