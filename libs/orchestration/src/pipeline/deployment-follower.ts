import type { Context } from '../context.js';
import { AlarmLoop } from '../scheduling/alarm-loop.js';
import type { Timer } from '../ports/timer.js';
import { followDeployments } from './follow-deployments.js';
import type { FollowTools } from './follow-tools.js';
import { HealthAsks } from './health-asks.js';

export interface DeploymentFollowerOptions {
  readonly context: Context;
  readonly tools: FollowTools;
  readonly timer: Timer;
  /** Told of a turn that failed and when it is tried again. */
  readonly onFailure: (error: unknown, retryInMs: number) => void;
}

/**
 * Takes deployments on as what they wait for comes about: when something was committed, at the instant that
 * the next look is due, when it was answered how a service does, and every ten seconds. Every replica runs
 * one; one of them, under a lease, does the work.
 */
export class DeploymentFollower {
  private readonly loop: AlarmLoop;
  private readonly asks: HealthAsks;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: DeploymentFollowerOptions) {
    const { context, tools, timer, onFailure } = options;
    const holder = context.ids.next();
    this.asks = new HealthAsks(context, () => this.loop.wake());
    const following = { tools, asks: this.asks, holder };
    this.loop = new AlarmLoop({
      work: () => followDeployments(context, following),
      clock: context.clock,
      timer,
      onFailure,
    });
  }

  start(): void {
    this.unsubscribe = this.options.context.store.onCommit(({ dirty, events }) => {
      if (dirty || events) this.loop.wake();
    });
    this.loop.start();
  }

  /** Resolves when the turn that is running has ended, and whoever was asked has answered. */
  async stop(): Promise<void> {
    this.unsubscribe();
    await this.loop.stop();
    await this.asks.stop();
  }
}
