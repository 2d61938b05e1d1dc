import {
  type FailedAttempt,
  type Notification,
  notificationFailed,
  notificationTaken,
  type Receiver,
  webhookOf,
} from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Lease } from '../ports/leases.js';
import { ENGINE } from '../ports/principal.js';
import { transactUnder } from '../scheduling/under-lease.js';
import { switchOff } from '../webhooks/switch-off.js';

/** Tells a receiver one thing, within 15 s; what it may have heard and not answered counts as not taken. */
export type Tell = (
  notification: Pick<Notification, 'id' | 'body'>,
) => Promise<Result<void, FailedAttempt>>;

export interface NotificationLineOptions {
  readonly receiver: Receiver;
  readonly tell: Tell;
  /** One running process. */
  readonly holder: string;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
}

/** What is told under one lease. */
const BATCH = 10;
/** Webhooks are waited for three times as long. */
const WEBHOOK_BATCH = 3;
/** Longer than it takes to tell a batch. A replica that dies delays its lines by as much. */
const TTL_MS = 60_000;

interface Turn {
  readonly lease?: Lease;
  readonly line: readonly Notification[];
  readonly next?: Date;
}

/**
 * Tells one receiver what waits for it, one thing after another, and nothing before what comes before
 * it: where that is not taken, the line waits until it is, or is given up. Of several replicas one
 * tells; one that dies after it has told and before that is kept has it told again.
 */
export class NotificationLine {
  private stopping = false;

  constructor(
    private readonly context: Context,
    private readonly options: NotificationLineOptions,
  ) {}

  /** Tells what is due. Answers when there will be more; `undefined` if nobody here knows. */
  async run(): Promise<Date | undefined> {
    let held: Lease | undefined;
    while (!this.stopping) {
      const { lease, line, next } = await this.next(held);
      if (lease === undefined) return next;
      held = lease;
      await this.tell(lease, line);
    }
    return undefined;
  }

  /** Lets nothing more be told after what is being told. */
  stop(): void {
    this.stopping = true;
  }

  /** What is due, and the right to tell it; what was held is let go where nothing is. */
  private next(held: Lease | undefined): Promise<Turn> {
    const { receiver, holder } = this.options;
    const now = this.context.clock.now();
    return this.context.store.transact(async (unit): Promise<Turn> => {
      const limit = webhookOf(receiver) === undefined ? BATCH : WEBHOOK_BATCH;
      const line = await unit.notifications.line(receiver, limit);
      const next = line[0] === undefined ? undefined : dueAt(line[0]);
      if (next === undefined || next > now) {
        if (held !== undefined) await unit.leases.release(held);
        return { line: [], ...(next !== undefined && { next }) };
      }
      const name = `notifications/${receiver}`;
      const request = { name, holder, ttlMs: TTL_MS, now: now.toISOString() };
      const lease = await unit.leases.acquire(request);
      return { line, ...(lease !== undefined && { lease }) };
    });
  }

  /** Ends early where something is not taken, or is not due yet. */
  private async tell(lease: Lease, line: readonly Notification[]): Promise<void> {
    for (const notification of line) {
      if (this.stopping || dueAt(notification) > this.context.clock.now()) return;
      const told = await this.options.tell(notification);
      const after = this.afterwards(notification, told);
      const isGone = !told.ok && told.error.kind === 'gone';
      await this.keep(lease, after, isGone);
      if (after.nextAttemptAt !== undefined || isGone) return;
    }
  }

  private afterwards(notification: Notification, told: Result<void, FailedAttempt>): Notification {
    const now = this.context.clock.now();
    if (told.ok) return notificationTaken(notification, now);
    return notificationFailed(notification, told.error, now, this.options.random());
  }

  private async keep(lease: Lease, notification: Notification, isGone: boolean): Promise<void> {
    await transactUnder(this.context.store, lease, async (unit) => {
      await unit.notifications.save(notification);
      const webhook = webhookOf(notification.receiver);
      if (isGone && webhook !== undefined) {
        await switchOff(this.context, unit, webhook, notification.lastError ?? '');
      }
      const { id, receiver, deployment, attempts, deadAt, lastError = '' } = notification;
      if (deadAt === undefined) return;
      await record(this.context, unit, ENGINE, {
        action: 'notification.dead',
        subject: `notification/${id}`,
        detail: {
          ...{ receiver, attempts, error: lastError },
          ...(deployment !== undefined && { deployment }),
        },
      });
    });
  }
}

function dueAt({ nextAttemptAt = '' }: Notification): Date {
  return new Date(nextAttemptAt);
}
