import type { CommitSignal, Store } from '@apollo-deploy/orchestration';
import type { Timer } from './timer.js';
import type { EventLog } from './event-log.js';

export interface BackgroundLoopOptions {
  /** For the log, such as `outbox delivery`. */
  readonly name: string;
  /** The longest pause between two turns, in milliseconds, before jitter of a quarter; asked each time. */
  readonly everyMs: () => number;
  readonly work: () => Promise<void>;
  /** Commits that wake it, while it runs; absent: nothing but `wake` does. */
  readonly wokenBy?: {
    readonly store: Pick<Store, 'onCommit'>;
    readonly by: (signal: CommitSignal) => boolean;
  };
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;

/**
 * Does one piece of work again and again, never twice at a time: when woken, and at the latest after
 * `everyMs`. A turn that throws is logged and tried again after a pause that doubles up to 30 s; until
 * then nothing wakes it, so that a failing database is not asked for each message.
 */
export class BackgroundLoop {
  private readonly options: BackgroundLoopOptions;
  private running: Promise<void> | undefined;
  private stopping = false;
  private failures = 0;
  private woken = false;
  private endPause: (() => void) | undefined;
  private unsubscribe: () => void = () => undefined;

  constructor(options: BackgroundLoopOptions) {
    this.options = options;
  }

  start(): void {
    if (this.running !== undefined) return;
    const { wokenBy } = this.options;
    if (wokenBy !== undefined) {
      this.unsubscribe = wokenBy.store.onCommit((signal) => {
        if (wokenBy.by(signal)) this.wake();
      });
    }
    this.running = this.run();
  }

  /** Lets a turn begin now, or right after the one that is running. */
  wake(): void {
    this.woken = true;
    if (this.failures === 0) this.endPause?.();
  }

  /** Resolves when the turn that is running has ended; none begins any more. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe();
    this.endPause?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      this.woken = false;
      const pauseMs = await this.turn();
      await this.pause(pauseMs);
    }
  }

  /** Answers how long to pause, in milliseconds. */
  private async turn(): Promise<number> {
    const { name, everyMs, work, random, log } = this.options;
    const jitter = 0.75 + random() / 2;
    try {
      await work();
      this.failures = 0;
      return everyMs() * jitter;
    } catch (error) {
      this.failures += 1;
      const backOffMs = FIRST_BACK_OFF_MS * 2 ** (this.failures - 1);
      const retryInMs = Math.round(Math.min(LONGEST_BACK_OFF_MS, backOffMs) * jitter);
      log.error({ msg: `${name} failed; it is tried again`, err: error, retryInMs });
      return retryInMs;
    }
  }

  private async pause(pauseMs: number): Promise<void> {
    if (this.stopping || (this.woken && this.failures === 0)) return;
    await new Promise<void>((resolve) => {
      const cancel = this.options.timer.after(pauseMs, resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
    this.endPause = undefined;
  }
}
