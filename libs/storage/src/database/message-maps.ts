import type {
  AuditEntry,
  AuditLink,
  IdempotencyRecord,
  NewEvent,
  OutboxMessage,
} from '@apollo-deploy/orchestration';
import { instant, integer, json, optional, text } from './columns.js';
import { TableMap } from './table-map.js';

export const OUTBOX_MESSAGES = new TableMap<OutboxMessage>('outbox_messages', ['id'], {
  id: text(),
  spoke: text(),
  type: text(),
  planId: text(),
  payload: json(),
  createdAt: instant(),
});

export const AUDIT_ENTRIES = new TableMap<AuditEntry>('audit_entries', ['id'], {
  id: text(),
  at: instant(),
  actor: text(),
  actorKind: text(),
  action: text(),
  subject: text(),
  detail: json(),
  requestId: optional(text()),
});

export const AUDIT_LINKS = new TableMap<AuditLink>('audit_links', ['number'], {
  number: integer('bigint'),
  entryId: text(),
  previous: text(),
  hash: text(),
});

/** Without its key, which the database makes. */
export const EVENTS = new TableMap<NewEvent>('events', [], {
  at: instant(),
  type: text(),
  subject: json(),
  data: json(),
});

export const IDEMPOTENCY_RECORDS = new TableMap<IdempotencyRecord>(
  'idempotency_records',
  ['principal', 'key'],
  {
    principal: text(),
    key: text(),
    requestDigest: text(),
    status: integer(),
    body: json(),
    headers: optional(json()),
    createdAt: instant(),
  },
);
