import { closeUnused, isOverdue } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { deedOn } from './deed-on.js';
import { endBreakGlassIn } from './end-break-glass.js';
import { keepBreakGlass, lockBreakGlass } from './lock-break-glass.js';
import { markProduct } from './open-break-glass.js';

/**
 * Ends the break-glass of a hotfix in the transaction that ends the hotfix, which locks its environment.
 * Where no plan had gone by it, its review is owed no more, and plans that waited for that go.
 */
export async function endWithHotfix(context: Context, unit: UnitOfWork, id: string): Promise<void> {
  // One that is over already has nothing to end.
  await endBreakGlassIn(context, unit, ENGINE, id);
  const ended = await lockBreakGlass(unit, id);
  if (!ended.ok) return;
  const now = context.clock.now();
  const closed = closeUnused(ended.value, now);
  if (closed === undefined) return;
  const { deployment = null, dueAt } = await keepBreakGlass(unit, closed);
  await record(context, unit, ENGINE, deedOn(closed, 'unused', { deployment, dueAt }));
  if (isOverdue(ended.value, now)) await markProduct(unit, closed);
}
