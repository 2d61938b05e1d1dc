/** Calls something later. The only way to wait outside the domain. */
export interface Timer {
  /** Calls `run` once, after `delayMs`; the function returned calls that off. */
  after(delayMs: number, run: () => void): () => void;
}
