import { err, ok, type Result } from '@apollo-deploy/kernel';
import { refusal, type Refusal } from '../errors.js';
import { type BreakGlass, type BreakGlassReview, isInForce, isOwed } from './break-glass.js';

const COMMENT_MAX = 500;

/** What somebody says of a break-glass, and who that is. */
export interface ReviewGiven extends Pick<BreakGlassReview, 'by' | 'verdict' | 'comment'> {
  /** No person speaks, but a machine. */
  readonly machine: boolean;
}

/**
 * Reviews a break-glass: its debt is settled, whatever the verdict, and what is still in force ends, as
 * what comes after a review nobody has reviewed. Refused where it was reviewed, or owes no review, to machines,
 * and to the person who opened it, whatever they show to be let in.
 */
export function reviewBreakGlass(
  glass: BreakGlass,
  { by, verdict, comment, machine }: ReviewGiven,
  now: Date,
): Result<BreakGlass, Refusal> {
  if (machine || by === glass.openedBy) return err(notASecondPerson(glass, by));
  const said = comment?.trim() ?? '';
  if (said.length > COMMENT_MAX || (verdict === 'objected' && said === '')) {
    const detail = `comment has ${String(said.length)} characters; accepted are 1 to ${String(COMMENT_MAX)}, and none only with the verdict accepted: an objection says what should have been done`;
    return err(refusal('catalog/invalid_field', detail, { field: 'comment' }));
  }
  if (glass.review !== undefined) {
    const detail = `break-glass ${glass.id} was reviewed by ${glass.review.by} at ${glass.review.at} (${glass.review.verdict}); there is nothing left to review`;
    return err(refusal('break_glass/reviewed', detail));
  }
  if (glass.unusedAt !== undefined) {
    const detail = `nothing went by break-glass ${glass.id}, whose hotfix had ended at ${glass.unusedAt}; there is nothing to review`;
    return err(refusal('break_glass/unused', detail));
  }
  const at = now.toISOString();
  return ok({
    ...glass,
    ...(isInForce(glass, now) && { ended: { by, at } }),
    review: { by, at, verdict, ...(said !== '' && { comment: said }) },
  });
}

/** Ends a break-glass before its time; what it owes stays. Refused if it is over. */
export function endBreakGlass(
  glass: BreakGlass,
  by: string,
  now: Date,
): Result<BreakGlass, Refusal> {
  if (isInForce(glass, now)) return ok({ ...glass, ended: { by, at: now.toISOString() } });
  const ended = glass.ended;
  const how = ended === undefined ? `at ${glass.until}` : `at ${ended.at}, by ${ended.by}`;
  const detail = `break-glass ${glass.id} ended ${how}, and waives nothing any more`;
  return err(refusal('break_glass/over', detail));
}

/**
 * Closes that of a hotfix which has ended: if no plan has gone by it, none will, and nobody has anything to
 * review. `undefined`: one has, or it is settled already.
 */
export function closeUnused(glass: BreakGlass, now: Date): BreakGlass | undefined {
  if (glass.uses > 0 || !isOwed(glass)) return undefined;
  return { ...glass, unusedAt: now.toISOString() };
}

function notASecondPerson({ id, openedBy }: BreakGlass, by: string): Refusal {
  const who = by === openedBy ? `${by} opened it` : `${by} is a machine`;
  const detail = `break-glass ${id} is reviewed by a second person, and ${who}; ask another person who may review (GET /api/v1/people)`;
  return refusal('break_glass/not_a_second_person', detail);
}
