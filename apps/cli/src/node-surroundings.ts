import { setTimeout as delay } from 'node:timers/promises';
import { askOn } from './ask-on.js';
import type { Surroundings } from './surroundings.js';

/** This process, its terminal and its network. */
export function nodeSurroundings(): Surroundings {
  return {
    env: process.env,
    directory: process.cwd(),
    isTerminal: {
      input: Boolean(process.stdin.isTTY) && Boolean(process.stderr.isTTY),
      output: Boolean(process.stdout.isTTY),
    },
    fetch,
    now: () => new Date(),
    pause: (ms) => delay(ms),
    print: (text) => {
      process.stdout.write(`${text}\n`);
    },
    tell: (text) => {
      process.stderr.write(`${text}\n`);
    },
    ask: (question) => askOn(process.stdin, process.stderr, question),
  };
}
