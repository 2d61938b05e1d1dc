import { AlarmLoop, type Context, OutsideBackups } from '@apollo-deploy/orchestration';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';

export interface BackupLoopOptions {
  readonly context: Context;
  readonly timer: Timer;
  readonly log: EventLog;
}

/** Has backups made by whoever is configured to, as they are asked for. */
export class BackupLoop {
  private readonly loop: AlarmLoop | undefined;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: BackupLoopOptions) {
    const { context, timer, log } = options;
    if (context.backups === undefined) return;
    const backups = new OutsideBackups(context, context.backups, context.ids.next());
    this.loop = new AlarmLoop({
      work: async () => {
        await backups.run();
        return undefined;
      },
      ...{ clock: context.clock, timer },
      onFailure: (err, retryInMs) => {
        log.error({ msg: 'asking for backups failed; it is tried again', err, retryInMs });
      },
    });
  }

  /** What is asked for is an event of the plan that wants it. */
  start(): void {
    const { loop } = this;
    if (loop === undefined) return;
    this.unsubscribe = this.options.context.store.onCommit(({ events }) => {
      if (events) loop.wake();
    });
    loop.start();
  }

  /** Resolves when the backups that are being made are. */
  async stop(): Promise<void> {
    this.unsubscribe();
    await this.loop?.stop();
  }
}
