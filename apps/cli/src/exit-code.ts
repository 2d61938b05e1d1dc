/** With what `apolloctl` ends. */
export const EXIT = {
  /** It was done, or is as it should be. */
  done: 0,
  /** The hub, a check or the person said no. */
  refused: 1,
  /** Nobody could look: the hub does not answer, or a file cannot be read. */
  unseen: 2,
  /** The command line is not usable as it was given. */
  unusable: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
