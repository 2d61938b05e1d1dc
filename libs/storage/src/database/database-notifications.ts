import type { Notification, NotificationStatus, Receiver } from '@apollo-deploy/domain';
import {
  isDueAnew,
  type KeptSince,
  type NewNotification,
  type NotificationFilter,
  type NotificationRepository,
  type Page,
  pageOf,
  type PageRequest,
} from '@apollo-deploy/orchestration';
import { instant, integer, json, optional, prose, text } from './columns.js';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { TableMap } from './table-map.js';

const CHANGING = {
  id: text(),
  attempts: integer(),
  triedSince: instant(),
  nextAttemptAt: optional(instant()),
  deliveredAt: optional(instant()),
  deadAt: optional(instant()),
  lastError: optional(prose()),
};
const COLUMNS = {
  ...CHANGING,
  receiver: text<Receiver>(),
  deployment: optional(text()),
  environment: text(),
  body: json<Notification['body']>(),
  createdAt: instant(),
};
/** Without what never changes. */
const CHANGES = new TableMap<Pick<Notification, keyof typeof CHANGING>>(
  'notifications',
  ['id'],
  CHANGING,
);
/** Without the place, which the database gives. */
const NEW = new TableMap<NewNotification>('notifications', ['id'], COLUMNS);
const NOTIFICATIONS = new TableMap<Notification>('notifications', ['id'], {
  ...COLUMNS,
  sequence: integer('bigint'),
});

/** Any number that nobody else locks: whoever gives places holds it. */
const PLACES_LOCK = 1_763_712_076;

const WITH_STATUS: Readonly<Record<NotificationStatus, string>> = {
  waiting: 'next_attempt_at IS NOT NULL',
  delivered: 'delivered_at IS NOT NULL',
  dead: 'dead_at IS NOT NULL',
};

/**
 * Places are drawn last, under a lock that is held until the commit: otherwise one could be drawn first
 * and committed last, and what stands behind it told before it.
 */
export class DatabaseNotifications implements NotificationRepository {
  private readonly table: DatabaseTable<Notification>;

  private added: NewNotification[] = [];
  private readonly write = async (): Promise<void> => {
    const { added } = this;
    this.added = [];
    await this.session.query('SELECT pg_advisory_xact_lock($1)', [PLACES_LOCK]);
    await this.session.query(NEW.insertion, NEW.arrays(added));
  };
  private readonly changes: DatabaseTable<Pick<Notification, keyof typeof CHANGING>>;

  constructor(private readonly session: DatabaseSession) {
    this.changes = new DatabaseTable(session, CHANGES);
    this.table = new DatabaseTable(session, NOTIFICATIONS);
  }

  async add(notifications: readonly NewNotification[]): Promise<void> {
    if (notifications.length === 0) return;
    this.added.push(...notifications);
    this.session.beforeCommit(this.write);
    this.session.signals.noteNotifications();
  }

  get(id: string): Promise<Notification | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  lock(id: string): Promise<Notification | undefined> {
    return this.table.lock('id = $1', [id]);
  }

  line(receiver: Receiver, limit: number): Promise<readonly Notification[]> {
    return this.table.select(
      'WHERE receiver = $1 AND next_attempt_at IS NOT NULL ORDER BY sequence LIMIT $2',
      [receiver, limit],
    );
  }

  async save(notification: Notification): Promise<void> {
    await this.changes.update(notification, 'id = $1');
    if (isDueAnew(notification)) this.session.signals.noteNotifications();
  }

  async giveUp(receiver: Receiver, at: string, why: string): Promise<void> {
    await this.session.query(
      `UPDATE notifications SET next_attempt_at = NULL, dead_at = $2, last_error = $3
       WHERE receiver = $1 AND next_attempt_at IS NOT NULL`,
      [receiver, at, why],
    );
  }

  async list(filter: NotificationFilter, page: PageRequest): Promise<Page<Notification>> {
    const { status, receiver, environment, environments } = filter;
    const conditions = new Conditions()
      .and('receiver = ?', receiver)
      .and('environment = ?', environment)
      .and('environment = ANY(?)', environments)
      .and('id > ?', page.after);
    if (status !== undefined) conditions.and(`(${WITH_STATUS[status]}) = ?`, true);
    const found = await this.table.select(conditions.page('id', page), conditions.parameters);
    return pageOf(found, page, ({ id }) => id);
  }

  async forget({ delivered, dead }: KeptSince, limit: number): Promise<number> {
    const gone = await this.session.query(
      `DELETE FROM notifications WHERE id IN (
         (SELECT id FROM notifications WHERE delivered_at < $1 ORDER BY delivered_at LIMIT $3)
         UNION ALL
         (SELECT id FROM notifications WHERE dead_at < $2 ORDER BY dead_at LIMIT $3)
         LIMIT $3
       ) RETURNING id`,
      [delivered, dead, limit],
    );
    return gone.length;
  }
}
