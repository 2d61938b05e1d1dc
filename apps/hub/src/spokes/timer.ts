import type { Timer } from '@apollo-deploy/orchestration';

export type { Timer };

/** Real time. A pending wait does not keep the process alive. */
export const systemTimer: Timer = {
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs);
    timeout.unref();
    return () => {
      clearTimeout(timeout);
    };
  },
};

/** Resolves after `delayMs`. */
export function waitFor(timer: Timer, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    timer.after(delayMs, resolve);
  });
}

/** True if `work` ended within `limitMs`, however it ended; it is not stopped otherwise. */
export async function endsWithin(
  timer: Timer,
  limitMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = timer.after(limitMs, () => {
      resolve(false);
    });
    const ended = (): void => {
      cancel();
      resolve(true);
    };
    work.then(ended, ended);
  });
}
