export { addConstraint, type NewConstraint, removeConstraint } from './add-constraint.js';
export { holdEntity, liftHold, type NewHold } from './hold-entity.js';
export { liftSuppression } from './lift-suppression.js';
export { type NewSchedule, RecurringScheduleService } from './recurring-schedule-service.js';
export { constraintShownTo, listShownConstraints, showConstraint } from './shown-constraints.js';
