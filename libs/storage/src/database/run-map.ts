import type { RunRecord } from '@apollo-deploy/domain';
import { instant, integer, optional, text } from './columns.js';
import { TableMap } from './table-map.js';

export const RUNS = new TableMap<RunRecord>('runs', ['entity', 'chartSha256'], {
  entity: text(),
  chartSha256: text('chart_sha256'),
  version: text(),
  product: text(),
  spoke: text(),
  environment: text(),
  tier: text(),
  planId: optional(text()),
  provenAt: optional(instant()),
  healthyMs: integer('bigint'),
  healthySince: optional(instant()),
});
