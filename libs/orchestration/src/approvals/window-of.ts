import type { WindowAnswer } from '@apollo-deploy/domain';
import { planFactsOf } from '../engine/plan-facts.js';
import type { PlanInQuestion } from './plan-in-question.js';

/** Whether the windows of a plan are open, and when they are next; nothing shuts it without windows. */
export function windowOf({
  facts,
  proposed,
  constraints,
}: Pick<PlanInQuestion, 'facts' | 'proposed' | 'constraints'>): Pick<
  WindowAnswer,
  'open' | 'nextOpen' | 'searchedUntil'
> {
  const windows = constraints.find(({ kind }) => kind === 'windows');
  const answer = windows?.evaluate(planFactsOf(facts, proposed));
  if (answer === undefined || answer.satisfied) return { open: true };
  const nextOpen = answer.violations[0]?.data['nextOpen'];
  if (typeof nextOpen === 'string') return { open: false, nextOpen };
  return {
    open: false,
    ...(answer.recheckAt !== undefined && { searchedUntil: answer.recheckAt }),
  };
}
