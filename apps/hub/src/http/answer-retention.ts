import type { Context } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from '../spokes/background-loop.js';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';

/** How long the answer to a request with an idempotency key is kept at least, in hours. */
export const ANSWERS_KEPT_HOURS = 24;

const HOUR_MS = 3_600_000;
const EVERY_MS = HOUR_MS;

export interface AnswerRetentionOptions {
  readonly context: Context;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

/** Forgets answers that were kept for repetitions and are older than a day, about every hour. */
export class AnswerRetention {
  private readonly loop: BackgroundLoop;

  constructor({ context, timer, random, log }: AnswerRetentionOptions) {
    this.loop = new BackgroundLoop({
      name: 'forgetting old answers',
      everyMs: EVERY_MS,
      work: () => {
        const oldest = context.clock.now().getTime() - ANSWERS_KEPT_HOURS * HOUR_MS;
        const before = new Date(oldest).toISOString();
        return context.store.transact((unit) => unit.idempotency.forgetBefore(before));
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
