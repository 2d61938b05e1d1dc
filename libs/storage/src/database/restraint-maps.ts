import type { AutomaticSuppression, Hold } from '@apollo-deploy/domain';
import { instant, integer, json, optional, prose, text } from './columns.js';
import { TableMap } from './table-map.js';

export const SUPPRESSIONS = new TableMap<AutomaticSuppression>(
  'automatic_suppressions',
  ['entity'],
  {
    id: text(),
    entity: text(),
    environment: text(),
    from: instant('suppressed_from'),
    until: instant('suppressed_until'),
    failures: integer(),
    planId: text(),
    contentKey: text(),
    reason: prose(),
  },
);

export const HOLDS = new TableMap<Hold>('holds', ['entity'], {
  id: text(),
  entity: text(),
  fixes: optional(json()),
  until: text('held_until'),
  reason: prose(),
  cause: text(),
  by: text('held_by'),
  at: instant(),
  planId: optional(text()),
  above: optional(json()),
});
