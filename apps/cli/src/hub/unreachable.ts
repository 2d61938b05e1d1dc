import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';
import { HubRefusal } from './hub-refusal.js';

/** Nothing answered where the hub is said to be. */
export class Unreachable extends CommandEnded {
  constructor(message: string) {
    super(EXIT.unseen, message);
  }
}

/** Whether the same question may be answered in a moment: the hub is away, or says that it cannot answer now. */
export function isAway(error: unknown): error is Unreachable | HubRefusal {
  return (
    error instanceof Unreachable || (error instanceof HubRefusal && error.problem.status === 503)
  );
}
