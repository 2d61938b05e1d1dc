import { type Receiver, webhookOf } from '@apollo-deploy/domain';
import { err } from '@apollo-deploy/kernel';
import { AlarmLoop, type Context, NotificationLine, type Tell } from '@apollo-deploy/orchestration';
import type { EventLog } from '../spokes/event-log.js';
import type { Timer } from '../spokes/timer.js';
import { SendingStopped, type WebhookSender } from './webhook-sender.js';

export interface WebhookLinesOptions {
  readonly context: Context;
  readonly sender: WebhookSender;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: EventLog;
}

/** So long a line is left alone that another replica tells, or that failed. */
const REST_MS = 10_000;

/**
 * Tells each webhook what waits for it, in order; all of them at the same time, so that one that is slow
 * or away keeps no other waiting. Webhooks come and go while it runs.
 */
export class WebhookLines {
  private readonly loop: AlarmLoop;
  private readonly holder: string;
  private readonly running = new Map<Receiver, { line: NotificationLine; ended: Promise<void> }>();
  private readonly resting = new Map<Receiver, Date>();
  /** How often something was written to be told. */
  private written = 0;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: WebhookLinesOptions) {
    const { context, timer, log } = options;
    this.holder = context.ids.next();
    this.loop = new AlarmLoop({
      work: () => this.beginDue(),
      ...{ clock: context.clock, timer },
      onFailure: (error, retryInMs) => {
        log.error({
          msg: 'looking for what webhooks are to be told failed; it is tried again',
          err: error,
          retryInMs,
        });
      },
    });
  }

  start(): void {
    this.unsubscribe = this.options.context.store.onCommit(({ notifications }) => {
      if (notifications !== true) return;
      this.written += 1;
      this.resting.clear();
      this.loop.wake();
    });
    this.loop.start();
  }

  /** Resolves when nothing is being told any more; what was not answered is told again later. */
  async stop(): Promise<void> {
    this.unsubscribe();
    await this.loop.stop();
    this.options.sender.stop();
    for (const { line } of this.running.values()) line.stop();
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }

  /** Answers when the next one is due of those that are not being told. */
  private async beginDue(): Promise<Date | undefined> {
    const { store, clock } = this.options.context;
    const waiting = await store.transact((unit) => unit.webhooks.waiting());
    const now = clock.now();
    const still = new Set(waiting.map(({ receiver }) => receiver));
    for (const receiver of this.resting.keys()) {
      if (!still.has(receiver)) this.resting.delete(receiver);
    }
    const later = waiting
      .filter(({ receiver }) => !this.running.has(receiver))
      .flatMap(({ receiver, dueAt }) => {
        const at = Math.max(Date.parse(dueAt), this.resting.get(receiver)?.getTime() ?? 0);
        if (at > now.getTime()) return [at];
        this.begin(receiver);
        return [];
      });
    return later.length === 0 ? undefined : new Date(Math.min(...later));
  }

  private begin(receiver: Receiver): void {
    const { context, random } = this.options;
    const tell = this.tellTo(receiver);
    const line = new NotificationLine(context, { receiver, tell, holder: this.holder, random });
    const ended = this.run(receiver, line).finally(() => {
      this.running.delete(receiver);
      this.loop.wake();
    });
    this.running.set(receiver, { line, ended });
  }

  private async run(receiver: Receiver, line: NotificationLine): Promise<void> {
    const { context, log } = this.options;
    const { written } = this;
    try {
      // Nobody knows = nothing is left, or another replica tells; what was written since may be news.
      if ((await line.run()) !== undefined || this.written !== written) return;
    } catch (error) {
      if (error instanceof SendingStopped) return;
      log.error({ msg: 'telling a webhook failed; it is tried again', receiver, err: error });
    }
    this.resting.set(receiver, new Date(context.clock.now().getTime() + REST_MS));
  }

  private tellTo(receiver: Receiver): Tell {
    const { context, sender } = this.options;
    const id = webhookOf(receiver) ?? '';
    return async (notification) => {
      const webhook = await context.store.transact((unit) => unit.webhooks.get(id));
      if (webhook === undefined || webhook.off !== undefined) {
        return err({ kind: 'gone', detail: 'its webhook is off, or was removed' });
      }
      const sent = await sender.send(webhook, notification);
      return sent.ok ? { ok: true, value: undefined } : sent;
    };
  }
}
