import type { ExitCode } from './exit-code.js';

/** Ends a command before its time. `message` tells a person why, and what to do. */
export class CommandEnded extends Error {
  override readonly name = 'CommandEnded';

  constructor(
    readonly code: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
