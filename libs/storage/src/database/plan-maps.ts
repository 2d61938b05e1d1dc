import type { Decline, Plan } from '@apollo-deploy/domain';
import type { EvaluationRecord } from '@apollo-deploy/orchestration';
import { flag, instant, integer, json, optional, prose, text } from './columns.js';
import { TableMap } from './table-map.js';

export const PLANS = new TableMap<Plan>('plans', ['id'], {
  id: text(),
  entity: text(),
  environment: text(),
  spoke: text(),
  product: text(),
  type: text(),
  planClass: text(),
  state: text(),
  phase: optional(text()),
  progress: optional(json()),
  outcome: optional(text()),
  content: json(),
  digest: text(),
  contentKey: text(),
  values: json('helm_values'),
  from: json('change_from'),
  to: json('change_to'),
  reason: prose(),
  passedOver: json(),
  violations: json(),
  inLineSince: optional(instant()),
  queuedSince: optional(instant()),
  noted: optional(json()),
  recheckAt: optional(instant()),
  waits: optional(json()),
  attempt: integer(),
  forced: optional(flag()),
  cancelReason: optional(text()),
  cancelRequested: optional(json()),
  entityVersion: optional(integer()),
  rollbackOf: optional(text()),
  repairOf: optional(text()),
  rolledBackBy: optional(text()),
  supersededBy: optional(text()),
  message: optional(prose()),
  evidence: optional(json()),
  createdAt: instant(),
  startedAt: optional(instant()),
  endedAt: optional(instant()),
  version: integer(),
});

export const EVALUATIONS = new TableMap<EvaluationRecord>('evaluations', ['entity'], {
  entity: text(),
  at: instant(),
  code: text(),
  why: prose(),
  target: json(),
  settling: optional(json()),
  awaitsSpoke: optional(flag()),
  recheckAt: optional(instant()),
});

export const DECLINES = new TableMap<Decline>('declines', ['entity', 'contentKey'], {
  entity: text(),
  contentKey: text(),
  planId: text(),
  by: text('declined_by'),
  at: instant(),
  why: prose(),
  failures: integer(),
  standing: flag(),
});
