export type { FieldRefusal } from './field-refusal.js';
export { ACCEPTED_INSTANT, parseInstant } from './instant.js';
export {
  type MaintenanceWindow,
  parseMaintenanceWindow,
  WINDOW_LAYERS,
  type WindowLayer,
} from './maintenance-window.js';
export { occurrences } from './occurrences.js';
export { openingAt } from './opening-at.js';
export { parseSuppressionWindow, type SuppressionWindow } from './suppression-window.js';
export { type DoesNotFit, doesNotFit } from './time-left.js';
export type {
  MaintenanceReason,
  SuppressionReason,
  WindowAnswer,
  WindowReason,
} from './window-answer.js';
export type { WindowFields } from './window-fields.js';
export { evaluateWindows, type Windows, WindowSchedule } from './window-schedule.js';
