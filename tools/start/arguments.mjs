import { StartRefusal } from './terminal.mjs';

export const DEFAULT_PORT = 8234;
const HELP = `npm start               the whole system on this machine, until Ctrl-C; data is kept
npm start -- --reset    the same, after deleting the data of earlier starts
APOLLO_PORT             the hub's port, ${String(DEFAULT_PORT)} if unset
APOLLO_HOME             where data, logs and kubeconfigs are kept, .apollo if unset`;

/**
 * What `npm start` was asked for. Prints the help and ends the process where that was asked for.
 * @param {readonly string[]} words
 */
export function readArguments(words) {
  if (words.includes('--help')) {
    console.log(HELP);
    process.exit(0);
  }
  if (words.includes('--simulated')) {
    throw new StartRefusal(
      'Simulated clusters are not part of this version; npm start without --simulated uses real ones.',
    );
  }
  const unknown = words.find((word) => word !== '--reset');
  if (unknown !== undefined) {
    throw new StartRefusal(
      `npm start does not know the option ${unknown}; npm start -- --help lists those it knows.`,
    );
  }
  return { reset: words.includes('--reset') };
}
