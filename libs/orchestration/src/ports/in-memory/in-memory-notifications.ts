import { InvariantViolation } from '@apollo-deploy/kernel';
import { type Notification, notificationStatusOf, type Receiver } from '@apollo-deploy/domain';
import {
  isDueAnew,
  type KeptSince,
  type NewNotification,
  type NotificationFilter,
  type NotificationRepository,
} from '../notification-repository.js';
import type { Page, PageRequest } from '../page.js';
import { pageByKey } from './memory-lists.js';
import { TableView } from './memory-table.js';
import type { MemoryTables, NotificationGroup, NotificationNumber } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryNotifications implements NotificationRepository {
  private readonly view: TableView<Notification, NotificationGroup>;
  private readonly numbers: TableView<NotificationNumber>;

  constructor(
    tables: MemoryTables,
    private readonly transaction: MemoryTransaction,
  ) {
    this.view = new TableView(tables.notifications, transaction);
    this.numbers = new TableView(tables.notificationNumbers, transaction);
  }

  async add(notifications: readonly NewNotification[]): Promise<void> {
    if (notifications.length === 0) return;
    const last = this.numbers.get('')?.last ?? 0;
    notifications.forEach((notification, index) => {
      if (this.view.get(notification.id) !== undefined) {
        throw new InvariantViolation(`notification ${notification.id} is stored already`);
      }
      this.view.put({ ...notification, sequence: last + 1 + index });
    });
    this.numbers.put({ last: last + notifications.length });
    this.transaction.signals.noteNotifications();
  }

  async get(id: string): Promise<Notification | undefined> {
    return this.view.get(id);
  }

  async lock(id: string): Promise<Notification | undefined> {
    return this.view.get(id);
  }

  async line(receiver: Receiver, limit: number): Promise<readonly Notification[]> {
    return [...this.view.inGroup('waiting', receiver)]
      .sort((a, b) => a.sequence - b.sequence)
      .slice(0, limit);
  }

  async save(notification: Notification): Promise<void> {
    const before = this.view.get(notification.id);
    if (before === undefined) return;
    const { body, sequence } = before;
    this.view.put({ ...notification, body, sequence });
    if (isDueAnew(notification)) this.transaction.signals.noteNotifications();
  }

  async giveUp(receiver: Receiver, at: string, why: string): Promise<void> {
    for (const { nextAttemptAt: _, ...row } of [...this.view.inGroup('waiting', receiver)]) {
      this.view.put({ ...row, deadAt: at, lastError: why });
    }
  }

  async list(filter: NotificationFilter, page: PageRequest): Promise<Page<Notification>> {
    return pageByKey(this.view, ({ id }) => id, page, isIn(filter));
  }

  async forget(since: KeptSince, limit: number): Promise<number> {
    const ended = (['delivered', 'dead'] as const).flatMap((how) =>
      this.view
        .inGroup('ended', how)
        .filter((row) => Date.parse(endOf(row)) < Date.parse(since[how])),
    );
    const forgotten = ended.slice(0, limit);
    for (const { id } of forgotten) this.view.remove(id);
    return forgotten.length;
  }
}

function endOf({ deliveredAt, deadAt }: Notification): string {
  return deliveredAt ?? deadAt ?? '';
}

function isIn(filter: NotificationFilter): (notification: Notification) => boolean {
  const { status, receiver, environment, environments } = filter;
  return (notification) =>
    (status === undefined || notificationStatusOf(notification) === status) &&
    (receiver === undefined || notification.receiver === receiver) &&
    (environment === undefined || notification.environment === environment) &&
    (environments?.includes(notification.environment) ?? true);
}
