/** What a plan is for. It decides which constraints apply to it. */
export const PLAN_CLASSES = [
  /** It brings something new. */
  'ordinary',
  /** It restores the content of the last plan that succeeded. */
  'repair',
  /** It takes a failed change back. */
  'automatic_rollback',
  /** A person asked to go back. */
  'requested_rollback',
  /** It leaves a release that was recalled. */
  'roll_off',
  /** An urgent change past the usual path. */
  'hotfix',
] as const;
export type PlanClass = (typeof PLAN_CLASSES)[number];

/** Whether it is a change that somebody wants, on the usual path or past it: no repair, and no way back. */
export function isChange(planClass: PlanClass): boolean {
  return planClass === 'ordinary' || planClass === 'hotfix';
}
