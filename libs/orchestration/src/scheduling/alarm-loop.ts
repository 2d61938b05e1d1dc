import type { Clock } from '../ports/clock.js';
import type { Timer } from '../ports/timer.js';

export interface AlarmLoopOptions {
  /** Does what is due now, and answers when there will be more to do; absent = nobody knows. */
  readonly work: () => Promise<Date | undefined>;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Told of a turn that failed and when it is tried again. */
  readonly onFailure: (error: unknown, retryInMs: number) => void;
}

/**
 * The longest pause, in milliseconds: what others leave to do, and a clock that was set, are noticed
 * at the latest after it.
 */
const LONGEST_PAUSE_MS = 10_000;
/** The shortest, so that work which is due and cannot be done is not tried without end. */
const SHORTEST_PAUSE_MS = 250;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;

/**
 * Does work at the instants that the work itself names, never twice at a time. A turn that throws is
 * told and tried again after a pause that doubles up to 30 s.
 */
export class AlarmLoop {
  private running: Promise<void> | undefined;
  private stopping = false;
  private woken = false;
  private resting = false;
  private failures = 0;
  private endPause: () => void = () => undefined;

  constructor(private readonly options: AlarmLoopOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /**
   * Lets a turn begin now, or right after the one that is running; not while turns fail. Between two
   * turns that were woken is the shortest pause, so that a turn whose work wakes it never spins.
   */
  wake(): void {
    this.woken = true;
    if (this.failures === 0 && !this.resting) this.endPause();
  }

  /** Resolves when the turn that is running has ended; none begins any more. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.endPause();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const begunAt = this.options.clock.now().getTime();
      const wasWoken = this.woken;
      this.woken = false;
      await this.pause(await this.turn());
      if (wasWoken) await this.rest(begunAt);
    }
  }

  /** If it is woken again, pauses until the shortest pause has gone by since an instant. */
  private async rest(sinceMs: number): Promise<void> {
    if (!this.woken || this.failures > 0 || this.stopping) return;
    const elapsedMs = Math.max(0, this.options.clock.now().getTime() - sinceMs);
    if (elapsedMs >= SHORTEST_PAUSE_MS) return;
    this.resting = true;
    await this.pauseFor(SHORTEST_PAUSE_MS - elapsedMs);
    this.resting = false;
  }

  /** Answers how long to pause, in milliseconds. */
  private async turn(): Promise<number> {
    const { work, clock, onFailure } = this.options;
    try {
      const next = await work();
      this.failures = 0;
      const untilNextMs = (next?.getTime() ?? Infinity) - clock.now().getTime();
      return Math.max(SHORTEST_PAUSE_MS, Math.min(LONGEST_PAUSE_MS, untilNextMs));
    } catch (error) {
      const retryInMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** this.failures);
      this.failures += 1;
      onFailure(error, retryInMs);
      return retryInMs;
    }
  }

  private async pause(pauseMs: number): Promise<void> {
    if (this.stopping || (this.woken && this.failures === 0)) return;
    await this.pauseFor(pauseMs);
  }

  private async pauseFor(pauseMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.options.timer.after(pauseMs, resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
    this.endPause = () => undefined;
  }
}
