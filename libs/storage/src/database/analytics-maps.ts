import type { PlanCount } from '@apollo-deploy/domain';
import { day, integer, text } from './columns.js';
import { TableMap } from './table-map.js';

export const PLAN_COUNTS = new TableMap<PlanCount>(
  'plan_counts',
  ['day', 'environment', 'product', 'type', 'counter'],
  {
    day: day(),
    type: text(),
    product: text(),
    environment: text(),
    counter: text(),
    amount: integer('bigint'),
  },
);
