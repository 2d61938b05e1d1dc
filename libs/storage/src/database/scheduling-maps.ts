import type { OccurrenceRecord } from '@apollo-deploy/orchestration';
import { instant, integer, text } from './columns.js';
import { TableMap } from './table-map.js';

export const OCCURRENCES = new TableMap<OccurrenceRecord>('occurrences', ['schedule', 'startsAt'], {
  schedule: text(),
  startsAt: instant(),
  endsAt: instant(),
  missed: integer(),
  claimedAt: instant(),
});
