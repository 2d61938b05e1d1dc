import { type Notification, type Webhook, webhookReceiver } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { AlreadyExists } from '../already-exists.js';
import type { VersionConflict } from '../plan-storage.js';
import type { WaitingLine, WebhookRepository } from '../webhook-repository.js';
import { TableView } from './memory-table.js';
import type { MemoryTables, NotificationGroup } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

export class InMemoryWebhooks implements WebhookRepository {
  private readonly view: TableView<Webhook, 'name'>;
  private readonly notifications: TableView<Notification, NotificationGroup>;

  constructor(tables: MemoryTables, transaction: MemoryTransaction) {
    this.view = new TableView(tables.webhooks, transaction);
    this.notifications = new TableView(tables.notifications, transaction);
  }

  async get(id: string): Promise<Webhook | undefined> {
    return this.view.get(id);
  }

  async all(): Promise<readonly Webhook[]> {
    const rows = this.view.all().map(({ row }) => row);
    return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async listening(): Promise<readonly Webhook[]> {
    return (await this.all()).filter(({ off }) => off === undefined);
  }

  async insert(webhook: Webhook): Promise<Result<Webhook, AlreadyExists>> {
    if (this.view.inGroup('name', webhook.name).length > 0) {
      return err({ code: 'already_exists' });
    }
    const inserted = { ...webhook, version: 1 };
    this.view.put(inserted);
    return ok(inserted);
  }

  async save(webhook: Webhook): Promise<Result<Webhook, VersionConflict>> {
    const before = this.view.get(webhook.id);
    if (before?.version !== webhook.version) return err({ code: 'version_conflict' });
    const saved = { ...webhook, name: before.name, version: webhook.version + 1 };
    this.view.put(saved);
    return ok(saved);
  }

  async remove(id: string): Promise<boolean> {
    if (this.view.get(id) === undefined) return false;
    this.view.remove(id);
    return true;
  }

  async waiting(): Promise<readonly WaitingLine[]> {
    return (await this.listening()).flatMap(({ id }) => {
      const receiver = webhookReceiver(id);
      const [first] = [...this.notifications.inGroup('waiting', receiver)].sort(
        (a, b) => a.sequence - b.sequence,
      );
      const dueAt = first?.nextAttemptAt;
      return dueAt === undefined ? [] : [{ receiver, dueAt }];
    });
  }
}
