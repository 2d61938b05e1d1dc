import { type Command, InvalidArgumentError } from 'commander';
import type { Patience } from './follow.js';

/** Whether, and for how long, somebody waits for the end of a deployment. */
export interface WaitOption {
  readonly wait?: Patience;
}

/** Lets a command wait for the end of a deployment. */
export function withWait(command: Command): Command {
  return command.option(
    '--wait [seconds]',
    'follow it until its end, or for so long; ends with 1 if it fails',
    seconds,
  );
}

function seconds(word: string): number {
  if (/^\d{1,7}$/.test(word)) return Number(word);
  throw new InvalidArgumentError('It has to be a whole number of seconds.');
}
