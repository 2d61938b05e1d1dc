import { isOverdue } from '@apollo-deploy/domain';
import { record } from '../audit/record.js';
import type { Context } from '../context.js';
import { ENGINE } from '../ports/principal.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { deedOn } from './deed-on.js';
import { keepBreakGlass, lockBreakGlass } from './lock-break-glass.js';

/** How many are told of in one transaction; those after them in the next. */
const AT_ONCE = 50;

/** Tells, once each, that nobody has reviewed a break-glass in time. */
export async function tellOverdue(context: Context, unit: UnitOfWork): Promise<void> {
  const now = context.clock.now();
  const at = now.toISOString();
  const overdue = await unit.breakGlasses.overdueUntold(at, AT_ONCE);
  // Environments are locked in the order of their names.
  const inOrder = overdue.toSorted((a, b) => (a.environment < b.environment ? -1 : 1));
  for (const { id } of inOrder) {
    const found = await lockBreakGlass(unit, id);
    if (!found.ok || found.value.overdueToldAt !== undefined) continue;
    if (!isOverdue(found.value, now)) continue;
    const glass = await keepBreakGlass(unit, { ...found.value, overdueToldAt: at });
    const { dueAt, uses, reason } = glass;
    await record(context, unit, ENGINE, deedOn(glass, 'overdue', { dueAt, uses, reason }));
  }
}
