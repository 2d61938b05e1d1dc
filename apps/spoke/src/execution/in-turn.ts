import { tellIfSlow } from './prepare-plan.js';
import type { ExecutionCollaborators, RunControl } from './run-control.js';

const NOT_ITS_TURN =
  'this spoke is at work on as many releases as it may be at a time; the plan has its turn by itself';

/** Does the work when fewer releases than may be are prepared or changed; tells what waits for that long. */
export function inTurn<T>(
  { limit, timer }: Pick<ExecutionCollaborators, 'limit' | 'timer'>,
  { onWaiting }: Pick<RunControl, 'onWaiting'>,
  work: () => Promise<T>,
): Promise<T> {
  const over = tellIfSlow(timer, () => onWaiting(NOT_ITS_TURN));
  return limit.run(() => {
    over();
    return work();
  });
}
