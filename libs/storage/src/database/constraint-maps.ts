import type { StoredConstraint } from '@apollo-deploy/domain';
import { instant, integer, json, text } from './columns.js';
import { TableMap } from './table-map.js';

export const CONSTRAINTS = new TableMap<StoredConstraint>('constraints', ['id'], {
  id: text(),
  name: text(),
  kind: text(),
  spec: json(),
  scope: json(),
  createdBy: text(),
  createdAt: instant(),
  version: integer(),
});
