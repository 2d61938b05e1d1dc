import { type NamedReceiver, type Receiver, RECEIVERS } from '@apollo-deploy/domain';
import { AlarmLoop, type Context, NotificationLine } from '@apollo-deploy/orchestration';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';
import { tellReceiver } from './tell-receiver.js';

export interface NotificationLoopsOptions {
  readonly context: Context;
  /** Where those are who are told; nobody else is. */
  readonly told: Readonly<Partial<Record<NamedReceiver, string>>>;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

/** Tells each receiver what waits for it; one that is slow or away keeps no other waiting. */
export class NotificationLoops {
  private readonly lines: readonly NotificationLine[];
  private readonly loops: readonly AlarmLoop[];
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: NotificationLoopsOptions) {
    const { context, told, timer, random } = options;
    const holder = context.ids.next();
    const lines = RECEIVERS.flatMap((receiver) => {
      const url = told[receiver];
      if (url === undefined) return [];
      const tell = tellReceiver(receiver, url, timer);
      return { receiver, line: new NotificationLine(context, { receiver, tell, holder, random }) };
    });
    this.lines = lines.map(({ line }) => line);
    this.loops = lines.map(({ receiver, line }) => this.loopOf(receiver, line));
  }

  start(): void {
    this.unsubscribe = this.options.context.store.onCommit(({ notifications }) => {
      if (notifications === true) for (const loop of this.loops) loop.wake();
    });
    for (const loop of this.loops) loop.start();
  }

  /** Resolves when what is being told is. */
  async stop(): Promise<void> {
    this.unsubscribe();
    for (const line of this.lines) line.stop();
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  private loopOf(receiver: Receiver, line: NotificationLine): AlarmLoop {
    const { context, timer, log } = this.options;
    return new AlarmLoop({
      work: () => line.run(),
      ...{ clock: context.clock, timer },
      onFailure: (error, retryInMs) => {
        log.error({
          msg: 'telling a receiver failed; it is tried again',
          receiver,
          err: error,
          retryInMs,
        });
      },
    });
  }
}
