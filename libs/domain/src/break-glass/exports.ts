export {
  type BreakGlass,
  type BreakGlassReview,
  type OwedBreakGlass,
  isInForce,
  isOverdue,
  isOwed,
  REVIEW_VERDICTS,
  type ReviewVerdict,
  usedBy,
  WAIVABLE,
  type Waivable,
} from './break-glass.js';
export { asBacked } from './as-backed.js';
export { type BreakGlassAsked, openBreakGlass } from './open-break-glass.js';
export { refuseToOweMore } from './owe-no-more.js';
export {
  closeUnused,
  endBreakGlass,
  reviewBreakGlass,
  type ReviewGiven,
} from './review-break-glass.js';
export { glassesIn, glassThatWaives, waived, waivedFor } from './waiving.js';
