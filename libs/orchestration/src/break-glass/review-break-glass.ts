import {
  type BreakGlass,
  isInForce,
  type Refusal,
  reviewBreakGlass as reviewed,
  type ReviewGiven,
} from '@apollo-deploy/domain';
import { ok, type Result } from '@apollo-deploy/kernel';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import type { Principal } from '../ports/principal.js';
import { deedOn } from './deed-on.js';
import { takeEffectBack } from './end-break-glass.js';
import { keepBreakGlass, lockBreakGlass } from './lock-break-glass.js';
import { markProduct } from './open-break-glass.js';

/**
 * A second person looks at a break-glass: its debt is settled, whatever the verdict, plans that waited
 * for that go, and if it is still in force it ends. Whether the caller may review is for who calls.
 */
export function reviewBreakGlass(
  context: Context,
  principal: Principal,
  id: string,
  given: Pick<ReviewGiven, 'verdict' | 'comment'>,
): Promise<Result<BreakGlass, Refusal>> {
  return context.store.transact(async (unit) => {
    const found = await lockBreakGlass(unit, id);
    if (!found.ok) return found;
    const now = context.clock.now();
    const by = { by: principal.name, machine: principal.kind !== 'person' };
    const made = reviewed(found.value, { ...given, ...by }, now);
    if (!made.ok) return made;
    const glass = await keepBreakGlass(unit, made.value);
    const { verdict, comment } = made.value.review ?? given;
    const said = { verdict, ...(comment !== undefined && { comment }), uses: glass.uses };
    if (isInForce(found.value, now)) await takeEffectBack(context, unit, glass);
    await record(context, unit, principal, deedOn(glass, 'review', said));
    await markProduct(unit, glass);
    return ok(glass);
  });
}
