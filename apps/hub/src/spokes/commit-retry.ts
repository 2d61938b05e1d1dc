import type { Timer } from './timer.js';
import { waitFor } from './timer.js';

/** Pauses before the second, third and fourth attempt, in milliseconds. */
const PAUSES_MS = [50, 250, 1000] as const;

/** Runs a use case until it commits or there is no hope. */
export type Commit = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Runs `work` up to four times while it fails in a way that may heal: the store was away, or the plan
 * was written at the same moment. Throws its last error otherwise.
 */
export function committing(timer: Timer): Commit {
  return async (work) => {
    for (const pauseMs of PAUSES_MS) {
      try {
        return await work();
      } catch (error) {
        if (!isRetryable(error)) throw error;
        await waitFor(timer, pauseMs);
      }
    }
    return await work();
  };
}

/** True for an outage and a lost race, false for a bug. */
export function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
