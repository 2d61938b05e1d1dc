import { join } from 'node:path';
import { StartRefusal } from './terminal.mjs';

export const DEFAULT_PORT = 8234;
const SIMULATED_SPOKES = 3;
const MOST_SIMULATED_SPOKES = 5000;
const HELP = `npm start                        the whole system on this machine, until Ctrl-C; data is kept
npm start -- --reset             the same, after deleting the data of earlier starts
npm start -- --simulated [N]     the same with N simulated clusters, ${String(SIMULATED_SPOKES)} if not said: no Kubernetes, no Go, no Helm
APOLLO_PORT                      the hub's port, ${String(DEFAULT_PORT)} if unset
APOLLO_HOME                      where data, logs and kubeconfigs are kept, .apollo if unset;
                                 what is simulated is kept beside it, in .apollo-simulated
APOLLO_SIMULATED_FAILURES        the share of deployments that fail on simulated clusters, 0 to 1; 0 if unset
APOLLO_SIMULATED_SEED            which of them fail, and how`;

/**
 * What `npm start` was asked for; `simulated` is the number of simulated spokes, if any are wanted.
 * Prints the help and ends the process where that was asked for.
 * @param {readonly string[]} words
 */
export function readArguments(words) {
  if (words.includes('--help')) {
    console.log(HELP);
    process.exit(0);
  }
  const count = words.find(
    (_, index) => words[index - 1] === '--simulated' && isCount(words[index]),
  );
  const unknown = words.find((word) => !['--reset', '--simulated', count].includes(word));
  if (unknown !== undefined) {
    throw new StartRefusal(
      `npm start does not know the option ${unknown}; npm start -- --help lists those it knows.`,
    );
  }
  const simulated = wantsSimulated(words) ? Number(count ?? SIMULATED_SPOKES) : undefined;
  if (simulated !== undefined && (simulated < 1 || simulated > MOST_SIMULATED_SPOKES)) {
    throw new StartRefusal(
      `npm start cannot simulate ${String(simulated)} spokes; ask for 1 to ${String(MOST_SIMULATED_SPOKES)}.`,
    );
  }
  return { reset: words.includes('--reset'), simulated };
}

/**
 * The folder of all data. What is simulated has one of its own, so that it is never mixed with what
 * is real.
 * @param {readonly string[]} words
 * @param {string} root
 */
export function homeOf(words, root) {
  const home = process.env.APOLLO_HOME ?? join(root, '.apollo');
  return wantsSimulated(words) ? `${home}-simulated` : home;
}

/** @param {readonly string[]} words */
function wantsSimulated(words) {
  return words.includes('--simulated');
}

/** @param {string | undefined} word */
function isCount(word) {
  return word !== undefined && /^\d+$/.test(word);
}
