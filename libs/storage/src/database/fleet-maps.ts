import type { Entity } from '@apollo-deploy/domain';
import type { ReleaseStateRecord, SpokeRecord } from '@apollo-deploy/orchestration';
import { flag, instant, integer, json, optional, text } from './columns.js';
import { TableMap } from './table-map.js';

export const SPOKES = new TableMap<SpokeRecord>('spokes', ['name'], {
  name: text(),
  environment: text(),
  credential: optional(json()),
  alarm: optional(json()),
  instances: optional(json()),
  revoked: flag(),
  revocation: optional(json()),
  maxConcurrent: optional(integer()),
  clockSkewMs: optional(integer('bigint')),
  epoch: integer('bigint'),
  connected: flag(),
  lastSeenAt: optional(instant()),
  hello: optional(json()),
  stateEpoch: optional(integer('bigint')),
  ledgerEpoch: optional(integer('bigint')),
  stateGeneration: optional(integer('bigint')),
  stateAt: optional(instant()),
  unknownPlans: optional(json()),
  lostLedgers: optional(json()),
  createdAt: instant(),
});

export const RELEASE_STATES = new TableMap<ReleaseStateRecord>(
  'release_states',
  ['spoke', 'namespace', 'releaseName'],
  { spoke: text(), namespace: text(), releaseName: text(), digest: text(), report: json() },
);

export const ENTITIES = new TableMap<Entity>('entities', ['name'], {
  name: text(),
  spoke: text(),
  environment: text(),
  product: text(),
  namespace: text(),
  releaseName: text(),
  desired: json(),
  values: json('helm_values'),
  labels: json(),
  strategy: text(),
  adopt: optional(flag()),
  fieldConflicts: optional(text()),
  rollout: optional(json()),
  editedBy: text(),
  edits: optional(json()),
  createdAt: instant(),
  updatedAt: instant(),
  version: integer(),
});
