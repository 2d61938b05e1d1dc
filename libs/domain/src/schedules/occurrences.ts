import { InvariantViolation } from '@apollo-deploy/kernel';
import { HORIZON_MS } from './instant.js';
import type { MaintenanceWindow } from './maintenance-window.js';
import { RecurringStarts } from './recurring-starts.js';

/**
 * The instants in `[from, to)` at which a window starts, ascending; starts that coincide count once.
 * Each names one occurrence for ever: the same window gives the same instants whoever asks, whenever,
 * as long as the zone's rules do not change. The range is 400 days at most.
 */
export function occurrences(
  { recurrence }: Pick<MaintenanceWindow, 'recurrence'>,
  from: Date,
  to: Date,
): readonly Date[] {
  const [start, end] = [from.getTime(), to.getTime()];
  if (!(end - start <= HORIZON_MS)) {
    throw new InvariantViolation('occurrences are worked out for at most 400 days at a time');
  }
  const starts = new RecurringStarts(recurrence, 0);
  const found: Date[] = [];
  let block = starts.blockFrom(starts.dayBefore(start));
  for (;;) {
    for (const range of block.ranges) {
      if (range.from >= start && range.from < end) found.push(new Date(range.from));
    }
    if (block.knownUntil >= end) return found;
    block = starts.blockFrom(block.nextDay);
  }
}
