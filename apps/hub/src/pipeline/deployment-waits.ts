import type { Store, Timer } from '@apollo-deploy/orchestration';
import { BackgroundLoop } from '../spokes/background-loop.js';
import type { EventLog } from '../spokes/event-log.js';

/** How often it is looked whether deployments have ended that somebody waits for, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

export interface DeploymentWaitsOptions {
  readonly store: Pick<Store, 'onCommit'>;
  /** Which of these deployments have ended. */
  readonly endedAmong: (ids: readonly string[]) => Promise<readonly string[]>;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

interface Wait {
  readonly id: string;
  readonly end: () => void;
}

/**
 * Requests that wait for the end of a deployment. It is looked for all of them at once: when something
 * was told in this process, and every second, as other replicas may have carried it out. While nobody
 * waits nobody looks.
 */
export class DeploymentWaits {
  private readonly waits = new Set<Wait>();
  private readonly loop: BackgroundLoop;
  private stopping = false;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: DeploymentWaitsOptions) {
    const { timer, random, log } = options;
    this.loop = new BackgroundLoop({
      name: 'looking at deployments that are waited for',
      everyMs: () => LOOK_EVERY_MS,
      work: () => this.look(),
      timer,
      random,
      log,
    });
  }

  start(): void {
    this.unsubscribe = this.options.store.onCommit(({ events }) => {
      if (events && this.waits.size > 0) this.loop.wake();
    });
    this.loop.start();
  }

  /** Ends all that wait, and those that would begin to. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe();
    for (const { end } of this.waits) end();
    await this.loop.stop();
  }

  /**
   * Resolves when the deployment has ended, after `limitMs`, when `gone` is aborted, and when the hub
   * stops, whatever comes first. Which it was, whoever asks looks for.
   */
  async waitFor(id: string, limitMs: number, gone: AbortSignal): Promise<void> {
    if (limitMs <= 0 || gone.aborted || this.stopping) return;
    await new Promise<void>((resolve) => {
      const wait: Wait = {
        id,
        end: () => {
          cancel();
          gone.removeEventListener('abort', wait.end);
          this.waits.delete(wait);
          resolve();
        },
      };
      const cancel = this.options.timer.after(limitMs, wait.end);
      gone.addEventListener('abort', wait.end);
      this.waits.add(wait);
      // It may have ended before anybody waited.
      this.loop.wake();
    });
  }

  private async look(): Promise<void> {
    if (this.waits.size === 0) return;
    const ids = [...new Set([...this.waits].map(({ id }) => id))];
    const ended = new Set(await this.options.endedAmong(ids));
    for (const wait of [...this.waits]) if (ended.has(wait.id)) wait.end();
  }
}
