import type {
  ApprovalRecord,
  ApprovalRequestRecord,
  ApprovalRuleRecord,
  DelegationRecord,
} from '@apollo-deploy/orchestration';
import { instant, integer, json, optional, prose, text } from './columns.js';
import { TableMap } from './table-map.js';

export const APPROVAL_RULES = new TableMap<ApprovalRuleRecord>('approval_rules', ['name'], {
  name: text(),
  rule: json(),
  by: text('set_by'),
  at: instant('set_at'),
  version: integer(),
});

export const APPROVALS = new TableMap<ApprovalRecord>('approvals', ['id'], {
  id: text(),
  entity: text(),
  planId: text(),
  by: text('approved_by'),
  roles: json(),
  digest: text(),
  at: instant('approved_at'),
  comment: optional(prose()),
  withdrawnAt: optional(instant()),
  consumedAt: optional(instant()),
  consumedBy: optional(text()),
});

export const APPROVAL_REQUESTS = new TableMap<ApprovalRequestRecord>(
  'approval_requests',
  ['entity', 'rule'],
  {
    entity: text(),
    rule: text(),
    planId: text(),
    ranMs: integer('bigint'),
    runningSince: optional(instant()),
    askedAt: optional(instant()),
    escalatedAt: optional(instant()),
  },
);

export const DELEGATIONS = new TableMap<DelegationRecord>('delegations', ['id'], {
  id: text(),
  giver: text(),
  to: text('lent_to'),
  roles: json(),
  scope: json(),
  from: instant('lent_from'),
  until: instant('lent_until'),
  givenAt: instant(),
});
