/** Waiting, as a port, so that what waits can be tested without waiting. */
export interface Timer {
  /** Calls `run` once, after `delayMs`; the function returned calls that off. */
  after(delayMs: number, run: () => void): () => void;
}

/** Real time. A pending wait does not keep the process alive. */
export const systemTimer: Timer = {
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs);
    timeout.unref();
    return () => clearTimeout(timeout);
  },
};
