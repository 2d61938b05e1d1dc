import type { NewEvent } from '../../ports/event-log.js';
import type { AuditEntry, IdempotencyRecord, OutboxMessage } from '../../ports/records.js';
import { NOON } from './noon.js';

export function anEvent(change: Partial<NewEvent> = {}): NewEvent {
  return {
    at: NOON,
    type: 'plan.proposed',
    subject: {
      kind: 'plan',
      name: 'plan-1',
      entity: 'test-service-dev',
      environment: 'dev',
      product: 'test-service',
    },
    data: { state: 'PENDING' },
    ...change,
  };
}

export function anOutboxMessage(change: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    id: 'message-1',
    spoke: 'spoke-a',
    type: 'plan.offer',
    planId: 'plan-1',
    payload: { plan: { id: 'plan-1' } },
    createdAt: NOON,
    ...change,
  };
}

export function anAuditEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: 'audit-1',
    at: NOON,
    actor: 'dev-operator',
    actorKind: 'person',
    action: 'release.register',
    subject: 'release/test-service@1.0.0',
    detail: {},
    ...change,
  };
}

export function anIdempotencyRecord(change: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    principal: 'dev-operator',
    key: 'key-1',
    requestDigest: 'r'.repeat(64),
    status: 201,
    body: { name: 'test-service' },
    createdAt: NOON,
    ...change,
  };
}
