import type { Baseline, RollbackDemand } from '@apollo-deploy/domain';
import { instant, integer, json, optional, prose, text } from './columns.js';
import { TableMap } from './table-map.js';

export const BASELINES = new TableMap<Baseline>('baselines', ['entity', 'contentKey'], {
  entity: text(),
  contentKey: text(),
  planId: optional(text()),
  version: text(),
  chart: json(),
  values: json('helm_values'),
  valuesDigest: text(),
  entityVersion: optional(integer()),
  at: instant(),
  how: text(),
  evidence: optional(json()),
});

export const ROLLBACK_DEMANDS = new TableMap<RollbackDemand>('rollback_demands', ['entity'], {
  id: text(),
  entity: text(),
  to: json('back_to'),
  because: text(),
  reason: prose(),
  at: instant(),
});
