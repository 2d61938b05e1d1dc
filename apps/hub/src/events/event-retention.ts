import type { Context } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from '../spokes/background-loop.js';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';

/** How long an event is kept at least, in hours. */
export const EVENTS_KEPT_HOURS = 24;

const HOUR_MS = 3_600_000;

export interface EventRetentionOptions {
  readonly context: Context;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

/** Forgets events that are older than a day, at the start and about every hour. */
export class EventRetention {
  private readonly loop: BackgroundLoop;

  constructor({ context, timer, random, log }: EventRetentionOptions) {
    this.loop = new BackgroundLoop({
      name: 'forgetting old events',
      everyMs: HOUR_MS,
      work: () => {
        const oldest = context.clock.now().getTime() - EVENTS_KEPT_HOURS * HOUR_MS;
        const before = new Date(oldest).toISOString();
        return context.store.transact((unit) => unit.events.forgetBefore(before));
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
