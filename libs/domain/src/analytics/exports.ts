export { ACCEPTED_DAY, type DayRange, parseDayRange } from './day-range.js';
export {
  DORA_RULES,
  doraAsOf,
  type DoraDurations,
  type DoraFigures,
  doraFigures,
  type DoraInterval,
  type DoraShare,
} from './dora-figures.js';
export { type DoraPlan, type DoraRow, doraRow, plansToTell } from './dora-row.js';
export { DORA_ATTRIBUTION_HOURS, DORA_EXCLUSIONS } from './dora-units.js';
export { QUANTILE_ERROR } from './duration-histogram.js';
export {
  countsOfApproval,
  countsOfBlocking,
  countsOfEnding,
  type PlanCount,
  type PlanCounter,
} from './plan-counts.js';
export {
  type DurationStatistics,
  type PlanStatistics,
  planStatistics,
  type ViolationCount,
} from './plan-statistics.js';
export { beginWaits, type PlanWaits, turnWaits, WAIT_KINDS, type WaitKind } from './plan-waits.js';
