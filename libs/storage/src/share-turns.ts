import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long works in memory keep the process to themselves, in milliseconds. */
const TURN_MS = 2;

/** What tells the time, in milliseconds, and lets others in. By default this process. */
export interface Turns {
  readonly now: () => number;
  readonly next: () => Promise<void>;
}

/**
 * A pause that is to be asked for often: it waits for the next turn of the event loop when the last
 * such wait is 2 ms ago, and otherwise costs nothing.
 */
export function shareTurns({ now, next }: Turns = PROCESS): () => Promise<void> {
  let since = now();
  return async () => {
    if (now() - since < TURN_MS) return;
    await next();
    since = now();
  };
}

const PROCESS: Turns = { now: () => performance.now(), next: () => nextTurn() };
