import { refusal, type Refusal } from '../errors.js';
import type { BreakGlass } from './break-glass.js';

/** So many of one person may wait for a review, for one product in one environment. */
const MOST_OWED = 5;

/**
 * Why somebody may not open this one besides `owed`, which nobody has reviewed; `undefined` if they may.
 * Who breaks glass has others look at it; whoever else may break glass there is not held up.
 */
export function refuseToOweMore(
  { openedBy, product, environment }: BreakGlass,
  owed: readonly BreakGlass[],
): Refusal | undefined {
  const own = owed.filter(
    (other) =>
      other.openedBy === openedBy && other.product === product && other.environment === environment,
  );
  const [oldest] = own;
  if (oldest === undefined || own.length < MOST_OWED) return undefined;
  const detail = `${openedBy} has ${String(own.length)} break-glasses of ${product} in ${environment} that nobody has reviewed, and accepted are at most ${String(MOST_OWED)}; let a second person review them (POST /api/v1/break-glass/${oldest.id}/review is the oldest), or let somebody else open this one`;
  return refusal('break_glass/too_many_owed', detail, {
    data: { owed: own.map(({ id }) => id), most: MOST_OWED },
  });
}
