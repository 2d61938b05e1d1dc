import { KubeUnavailable, type Timer } from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';

export interface ClusterPulseOptions {
  /** Asks the API server for something small, past every cache. Throws `KubeUnavailable`. */
  readonly ask: () => Promise<unknown>;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Logger;
  /** Called when `isSilent` is not what it was. */
  readonly onChange: () => void;
}

/** Watches bring a bookmark about once a minute each: this long without any word, one asks. */
const QUIET_MS = 20_000;
const ANSWER_WITHIN_MS = 10_000;
const ASK_AGAIN_MS = 2000;

/**
 * When the API server was last heard. A server that hangs ends no watch and refuses nothing, so whoever
 * hears nothing asks: half a minute after its last word it counts as silent, until the next one.
 */
export class ClusterPulse {
  private last: Date;
  private silent = false;
  private running = false;
  /** Rises with every word: what was begun before it decides nothing any more. */
  private turn = 0;
  private cancelWait: () => void = () => undefined;
  private cancelDeadline: () => void = () => undefined;

  constructor(private readonly options: ClusterPulseOptions) {
    this.last = options.clock.now();
  }

  start(): void {
    this.running = true;
    this.wait(QUIET_MS, () => this.ask());
  }

  stop(): void {
    this.running = false;
    this.turn += 1;
    this.cancelWait();
    this.cancelDeadline();
  }

  /** The instant of its youngest word. */
  get heardAt(): Date {
    return this.last;
  }

  /** True while it answers nothing. */
  get isSilent(): boolean {
    return this.silent;
  }

  /** To be called whenever something comes from the API server, a refusal as well. */
  hear(): void {
    this.last = this.options.clock.now();
    if (!this.running) return;
    this.turn += 1;
    this.cancelDeadline();
    this.wait(QUIET_MS, () => this.ask());
    if (this.silent) this.turnTo(false);
  }

  private ask(): void {
    this.cancelDeadline = this.options.timer.after(ANSWER_WITHIN_MS, () => this.turnTo(true));
    void this.tryToHear(this.turn);
  }

  private async tryToHear(turn: number): Promise<void> {
    try {
      await this.options.ask();
      this.hear();
    } catch (error) {
      if (!(error instanceof KubeUnavailable)) throw error;
      if (turn === this.turn) this.wait(ASK_AGAIN_MS, () => void this.tryToHear(turn));
    }
  }

  private turnTo(silent: boolean): void {
    const { log, onChange } = this.options;
    this.silent = silent;
    if (silent) {
      const message =
        'the API server answers nothing; the hub is told, and nothing is reported as seen until it does: see whether it is up and can be reached from here';
      log.warn({ heardAt: this.last.toISOString() }, message);
    } else log.info('the API server answers again');
    onChange();
  }

  private wait(ms: number, then: () => void): void {
    this.cancelWait();
    this.cancelWait = this.options.timer.after(ms, then);
  }
}
