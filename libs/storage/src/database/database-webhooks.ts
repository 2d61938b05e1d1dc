import { type Webhook, webhookReceiver } from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type {
  AlreadyExists,
  VersionConflict,
  WaitingLine,
  WebhookRepository,
} from '@apollo-deploy/orchestration';
import { instant, integer, json, optional, text } from './columns.js';
import type { DatabaseSession } from './database-session.js';
import { DatabaseTable } from './database-table.js';
import { TableMap } from './table-map.js';
import { versionBefore } from './versioned-table.js';

const WEBHOOKS = new TableMap<Webhook>('webhooks', ['id'], {
  id: text(),
  name: text(),
  kind: text<Webhook['kind']>(),
  url: text(),
  events: optional(json<NonNullable<Webhook['events']>>()),
  environments: optional(json<readonly string[]>()),
  products: optional(json<readonly string[]>()),
  secret: optional(text()),
  formerSecret: optional(json<NonNullable<Webhook['formerSecret']>>()),
  off: optional(json<NonNullable<Webhook['off']>>()),
  createdBy: text(),
  createdAt: instant(),
  version: integer(),
});

export class DatabaseWebhooks implements WebhookRepository {
  private readonly table: DatabaseTable<Webhook>;

  constructor(private readonly session: DatabaseSession) {
    this.table = new DatabaseTable(session, WEBHOOKS);
  }

  get(id: string): Promise<Webhook | undefined> {
    return this.table.first('WHERE id = $1', [id]);
  }

  all(): Promise<readonly Webhook[]> {
    return this.table.select('ORDER BY name', []);
  }

  listening(): Promise<readonly Webhook[]> {
    return this.table.lockKeys('WHERE off IS NULL ORDER BY name', []);
  }

  async insert(webhook: Webhook): Promise<Result<Webhook, AlreadyExists>> {
    const inserted = await this.table.insert({ ...webhook, version: 1 }, '');
    return inserted === undefined ? err({ code: 'already_exists' }) : ok(inserted);
  }

  async save(webhook: Webhook): Promise<Result<Webhook, VersionConflict>> {
    const next = { ...webhook, version: webhook.version + 1 };
    const saved = await this.table.update(next, versionBefore(WEBHOOKS, 'id'));
    return saved === undefined ? err({ code: 'version_conflict' }) : ok(saved);
  }

  async remove(id: string): Promise<boolean> {
    const removed = await this.session.query('DELETE FROM webhooks WHERE id = $1 RETURNING id', [
      id,
    ]);
    return removed.length > 0;
  }

  async waiting(): Promise<readonly WaitingLine[]> {
    const rows = await this.session.read(
      `SELECT webhooks.id, first.next_attempt_at FROM webhooks CROSS JOIN LATERAL (
         SELECT next_attempt_at FROM notifications
         WHERE receiver = 'webhook/' || webhooks.id AND next_attempt_at IS NOT NULL
         ORDER BY sequence LIMIT 1
       ) AS first
       WHERE webhooks.off IS NULL`,
    );
    return rows.map((row) => ({
      receiver: webhookReceiver(row['id'] as string),
      dueAt: (row['next_attempt_at'] as Date).toISOString(),
    }));
  }
}
