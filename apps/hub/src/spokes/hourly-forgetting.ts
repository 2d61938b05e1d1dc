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
  /**
   * Takes out what is older than this instant (RFC 3339), or a batch of it. Answers whether there may
   * be more: then it is asked again, in another transaction.
   */
  readonly forgetBefore: (unit: UnitOfWork, instant: string) => Promise<boolean>;
}

/** Forgets what is older than it has to be kept, at the start and about every hour. */
export class HourlyForgetting {
  private readonly loop: BackgroundLoop;
  private stopping = false;

  constructor(
    { name, keptHours, forgetBefore }: Forgotten,
    { context, timer, random, log }: HourlyForgettingOptions,
  ) {
    this.loop = new BackgroundLoop({
      name: `forgetting old ${name}`,
      everyMs: () => HOUR_MS,
      work: async () => {
        const oldest = context.clock.now().getTime() - keptHours * HOUR_MS;
        const before = new Date(oldest).toISOString();
        const forget = () => context.store.transact((unit) => forgetBefore(unit, before));
        while (!this.stopping && (await forget()));
      },
      timer,
      random,
      log,
    });
  }

  start(): void {
    this.loop.start();
  }

  /** Resolves when the batch that is running has ended. */
  stop(): Promise<void> {
    this.stopping = true;
    return this.loop.stop();
  }
}
